/** An operation that stands ready in a tab. */
export interface ExampleTab {
  readonly query: string
  readonly variables?: string
}

/** Useful operations to begin with. `email`: an address that is known to have accounts. */
export function exampleTabs(email: string): readonly ExampleTab[] {
  return [
    {
      query: `# Which providers are there, what can each do, and how are they?
query Providers {
  providers {
    name
    kind
    health {
      status
      lastError
    }
    totalUsers
    capabilities
  }
}
`,
    },
    {
      query: `# The newest users of all providers in one list, with their groups. Whoever could not be asked is in unavailable.
query Everyone($after: String) {
  users(first: 20, after: $after) {
    totalCount
    nodes {
      id
      providerName
      name
      email
      status
      createdAt
      groups(first: 5) {
        nodes {
          kind
          name
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
    unavailable {
      providerName
      code
      message
      retryAfterSeconds
    }
  }
}
`,
      variables: JSON.stringify({ after: null }, null, 2),
    },
    {
      query: `# Every account with this address, at every provider, and the same person elsewhere.
query WhoIsThis($email: String!) {
  usersByEmail(email: $email) {
    users {
      id
      providerName
      nativeId
      name
      emailVerified
      lastSignInAt
      matches {
        users {
          providerName
          nativeId
        }
      }
    }
    unavailable {
      providerName
      code
      message
    }
  }
}
`,
      variables: JSON.stringify({ email }, null, 2),
    },
    {
      query: `# Where are these users signed in, and what have they allowed?
query SignedIn {
  providers {
    name
    users(first: 3) {
      nodes {
        id
        name
        sessions(first: 5) {
          nodes {
            status
            createdAt
            ipAddress
            revocationScope
          }
        }
        grants(first: 5) {
          nodes {
            kind
            clientId
            scopes
            revocable
          }
          unavailable {
            part
            code
          }
        }
      }
    }
  }
}
`,
    },
  ]
}
