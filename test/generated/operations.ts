/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type GrantKind =
  | 'API_KEY'
  | 'AUTHORIZATION_CODE'
  | 'CLIENT_GRANT'
  | 'CONSENT'
  | 'DEVICE_CREDENTIAL'
  | 'LINKED_IDENTITY'
  | 'OAUTH_ACCESS_TOKEN'
  | 'REFERENCE_TOKEN'
  | 'REFRESH_TOKEN';

export type GroupKind =
  | 'GROUP'
  | 'ORGANIZATION'
  | 'ROLE';

/** The same codes stand in `extensions.code` of top-level errors. */
export type IdentityErrorCode =
  | 'BAD_USER_INPUT'
  | 'CONFLICT'
  | 'FORBIDDEN'
  | 'INTERNAL'
  | 'NOT_FOUND'
  | 'PLAN_REQUIRED'
  | 'PROVIDER_BAD_RESPONSE'
  | 'PROVIDER_CREDENTIALS'
  | 'PROVIDER_FORBIDDEN'
  | 'PROVIDER_TIMEOUT'
  | 'PROVIDER_UNAVAILABLE'
  | 'QUOTA_EXHAUSTED'
  | 'RATE_LIMITED'
  | 'READ_ONLY'
  | 'TOO_COSTLY'
  | 'UNAUTHENTICATED'
  | 'UNSUPPORTED';

export type SessionStatus =
  | 'ACTIVE'
  | 'ENDED'
  | 'EXPIRED'
  | 'REVOKED'
  | 'UNKNOWN';

export type UserStatus =
  | 'ACTIVE'
  | 'DISABLED'
  | 'LOCKED'
  | 'PENDING'
  | 'UNKNOWN';

export type UserWithRelationsQueryVariables = Exact<{
  provider: string;
  nativeId: string;
}>;


export type UserWithRelationsQuery = { userByNativeId: { id: string, nativeId: string, status: UserStatus, email: string | null, groups: { nodes: Array<{ id: string, kind: GroupKind, name: string } | null>, unavailable: Array<{ part: string | null, code: IdentityErrorCode }> } | null, sessions: { nodes: Array<{ id: string, status: SessionStatus }> } | null, grants: { nodes: Array<{ id: string, kind: GrantKind }>, unavailable: Array<{ part: string | null, code: IdentityErrorCode }> } | null } | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const UserWithRelationsDocument = new TypedDocumentString(`
    query UserWithRelations($provider: String!, $nativeId: String!) {
  userByNativeId(provider: $provider, nativeId: $nativeId) {
    id
    nativeId
    status
    email
    groups {
      nodes {
        id
        kind
        name
      }
      unavailable {
        part
        code
      }
    }
    sessions {
      nodes {
        id
        status
      }
    }
    grants {
      nodes {
        id
        kind
      }
      unavailable {
        part
        code
      }
    }
  }
}
    `) as unknown as TypedDocumentString<UserWithRelationsQuery, UserWithRelationsQueryVariables>;