import { z } from 'zod'
import type { RouteRequest } from '../../router.ts'
import { failure, formFailure } from '../failures.ts'
import { checkMetadataSize, mergeMetadata, metadataField, readForm, timeField } from '../forms.ts'
import { makeId } from '../ids.ts'
import { parameter, type Routes } from '../routes.ts'
import { adminRole } from '../seed/organizations.ts'
import type { Tenant } from '../state/tenant.ts'
import type { ClerkOrganization } from '../wire.ts'
import type { ClerkMetadata } from '../wire-identifications.ts'
import { deleted } from './changes.ts'
import { findOrganization } from './organization-reads.ts'

/** No URLs, no HTML. */
const nameField = z
  .string()
  .min(1)
  .max(256)
  .regex(/^(?!.*(https?:\/\/|<[^>]*>))/is)
const slugField = z.string().regex(/^[a-z0-9-]+$/)

const newOrganizationForm = z.object({
  name: nameField,
  slug: slugField.nullish(),
  created_by: z.string().nullish(),
  max_allowed_memberships: z.int().min(0).nullish(),
  public_metadata: metadataField.nullish(),
  private_metadata: metadataField.nullish(),
  created_at: timeField.nullish(),
  role_set_key: z.string().nullish(),
})

/** Metadata is not among it since version 2026-05-12 (clerk.md 0 #15). */
const organizationForm = z.strictObject({
  name: nameField.nullish(),
  slug: slugField.nullish(),
  max_allowed_memberships: z.int().min(0).nullish(),
  admin_delete_enabled: z.boolean().nullish(),
  created_at: timeField.nullish(),
  role_set_key: z.string().nullish(),
})

const metadataForm = z.strictObject({
  public_metadata: metadataField.optional(),
  private_metadata: metadataField.optional(),
})

export function organizationWrites(routes: Routes): void {
  routes.on('POST', '/organizations', ({ body }, tenant) => {
    const form = readForm(newOrganizationForm, body)
    const founder = form.created_by ? tenant.users.find(form.created_by) : null
    if (form.created_by && !founder) {
      throw failure(400, 'organization_creator_not_found', 'Organization creator not found', 'No such user.')
    }
    checkMetadataSize('public_metadata', form.public_metadata)
    checkMetadataSize('private_metadata', form.private_metadata)
    if (form.slug) checkSlugIsFree(tenant, form.slug, null)

    const now = tenant.now()
    const random = tenant.nextRandom()
    const createdAt = form.created_at ?? now
    const number = tenant.organizations.nextNumber()
    const organization: ClerkOrganization = {
      object: 'organization',
      id: makeId('org', number, createdAt, random),
      name: form.name,
      slug: form.slug ?? freeSlug(tenant, form.name, number),
      image_url: `https://img.example.test/org/${number}`,
      has_image: false,
      max_allowed_memberships: form.max_allowed_memberships ?? 0,
      admin_delete_enabled: true,
      public_metadata: form.public_metadata ?? {},
      private_metadata: form.private_metadata ?? {},
      ...(form.created_by ? { created_by: form.created_by } : {}),
      created_at: createdAt,
      updated_at: now,
      role_set_key: form.role_set_key ?? 'role_set:default',
    }
    tenant.organizations.add(organization)
    if (founder) {
      tenant.memberships.add({
        entry: founder,
        organizationId: organization.id,
        role: adminRole,
        publicMetadata: {},
        privateMetadata: {},
        at: now,
        random,
      })
    }
    return organization
  })

  routes.on('PATCH', '/organizations/{organization_id}', (request, tenant) => {
    const organization = findOrganization(tenant, parameter(request, 'organization_id'))
    tenant.rateLimit.take(`organization ${organization.id}`)
    const form = readForm(organizationForm, request.body)
    if (form.slug) checkSlugIsFree(tenant, form.slug, organization)
    return change(tenant, {
      ...organization,
      name: form.name ?? organization.name,
      slug: form.slug ?? organization.slug,
      max_allowed_memberships: form.max_allowed_memberships ?? organization.max_allowed_memberships,
      admin_delete_enabled: form.admin_delete_enabled ?? organization.admin_delete_enabled,
      created_at: form.created_at ?? organization.created_at,
      role_set_key: form.role_set_key ?? organization.role_set_key,
    })
  })

  routes.on('PATCH', '/organizations/{organization_id}/metadata', (request, tenant) =>
    changeMetadata(request, tenant, mergeMetadata),
  )

  routes.on('PUT', '/organizations/{organization_id}/metadata', (request, tenant) =>
    changeMetadata(request, tenant, (_, given) => given),
  )

  routes.on('DELETE', '/organizations/{organization_id}', (request, tenant) => {
    const { id, slug } = findOrganization(tenant, parameter(request, 'organization_id'))
    tenant.memberships.removeOrganization(id)
    tenant.organizations.remove(id)
    return { ...deleted('organization', id), slug }
  })
}

function change(tenant: Tenant, changed: ClerkOrganization): ClerkOrganization {
  const organization = { ...changed, updated_at: tenant.now() }
  tenant.organizations.change(organization)
  return organization
}

function changeMetadata(
  request: RouteRequest,
  tenant: Tenant,
  combine: (kept: ClerkMetadata, given: ClerkMetadata) => ClerkMetadata,
): ClerkOrganization {
  const organization = findOrganization(tenant, parameter(request, 'organization_id'))
  tenant.rateLimit.take(`organization metadata ${organization.id}`)
  const form = readForm(metadataForm, request.body)
  const combined = (field: keyof typeof form): ClerkMetadata => {
    const given = form[field]
    const metadata = given === undefined ? organization[field] : combine(organization[field], given)
    checkMetadataSize(field, metadata)
    return metadata
  }
  return change(tenant, {
    ...organization,
    public_metadata: combined('public_metadata'),
    private_metadata: combined('private_metadata'),
  })
}

function checkSlugIsFree({ organizations }: Tenant, slug: string, except: ClerkOrganization | null): void {
  const holder = organizations.find(slug)
  if (holder && holder.id !== except?.id) {
    throw formFailure('form_identifier_exists', 'slug', 'is taken', 'That slug is taken. Please try another.')
  }
}

/** Made of the name's Latin letters and digits. */
function freeSlug({ organizations }: Tenant, name: string, number: number): string {
  const slug = name
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[\u0300-\u036f]/g, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  const wanted = slug === '' ? `org-${number}` : slug
  return organizations.find(wanted) ? `${wanted}-${number}` : wanted
}
