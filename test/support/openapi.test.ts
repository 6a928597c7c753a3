import { describe, expect, test } from 'vitest'
import { hasVendorDocuments, loadCoverage, loadOpenApi, needsVendorDocuments } from './openapi.ts'

describe.skipIf(!hasVendorDocuments)(`answers held against API descriptions (${needsVendorDocuments})`, () => {
  test('a fitting answer has no errors', () => {
    const description = loadOpenApi('monocloud')
    const body = { expires_at: 1_750_000_000, email_sent: true }
    const template = '/users/{user_id}/emails/{identifier_id}/verify/link'
    expect(description.validateResponse('POST', template, 200, body)).toEqual([])
  })

  test('a missing, an extra and a wrongly typed member are each named', () => {
    const description = loadOpenApi('monocloud')
    const body = { expires_at: 'tomorrow', link: 'x' }
    const template = '/users/{user_id}/emails/{identifier_id}/verify/link'
    const errors = description.validateResponse('POST', template, 200, body).join('\n')
    expect(errors).toContain('email_sent')
    expect(errors).toContain('link')
    expect(errors).toContain('/expires_at')
  })

  test('shared error answers are found behind their references', () => {
    const description = loadOpenApi('monocloud')
    expect(description.validateResponse('GET', '/groups/{group_id}', 404, { title: 'Not Found' })).not.toEqual([])
  })

  test('a status without a described body allows none', () => {
    const description = loadOpenApi('monocloud')
    expect(description.validateResponse('DELETE', '/groups/{group_id}', 204, undefined)).toEqual([])
    expect(description.validateResponse('DELETE', '/groups/{group_id}', 204, {})).not.toEqual([])
    expect(description.hasResponseSchema('DELETE', '/groups/{group_id}')).toBe(false)
    expect(description.hasResponseSchema('GET', '/groups/{group_id}')).toBe(true)
  })

  test('an unknown route and an undescribed status are errors', () => {
    const description = loadOpenApi('monocloud')
    expect(description.validateResponse('GET', '/nothing', 200, {})).toEqual(['GET /nothing is not described'])
    expect(description.validateResponse('GET', '/groups', 418, {})).toHaveLength(1)
  })

  test('nullable members of an OpenAPI 3.0 document may be null', () => {
    const description = loadOpenApi('clerk')
    const errors = description.validateResponse('GET', '/users/{user_id}', 200, {
      id: 'u',
      username: null,
      locked: null,
    })
    expect(errors.some((error) => error.startsWith('/username'))).toBe(false)
    expect(errors.some((error) => error.startsWith('/locked'))).toBe(true)
  })

  test.for(['monocloud', 'auth0', 'clerk', 'app-services'] as const)('%s: every described route compiles', (vendor) => {
    const description = loadOpenApi(vendor)
    const { must, may } = loadCoverage(vendor)
    const described = [...must, ...may].filter(([method, template]) => description.hasResponseSchema(method, template))
    expect(described.length).toBeGreaterThan(10)
    for (const [method, template] of described) {
      const statuses = [200, 201].map((status) =>
        description.validateResponse(method, template, status, 'no such thing'),
      )
      expect(statuses.some((errors) => errors.length > 0)).toBe(true)
    }
  })
})
