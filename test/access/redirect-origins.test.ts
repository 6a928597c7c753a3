import { describe, expect, test } from 'vitest'
import { isAllowedRedirect, isRedirectOrigin } from '../../src/access/redirect-origins.ts'

const allowed = ['https://app.example.test', 'https://app.example.test:8443', 'http://localhost:*']

describe('a redirect is allowed', () => {
  test.for([
    'https://app.example.test',
    'https://app.example.test/done?from=reset#top',
    'https://app.example.test:8443/done',
    'http://localhost:5173/done',
    'http://localhost/',
  ])('to %s', (url) => {
    expect(isAllowedRedirect(url, allowed)).toBe(true)
  })
})

describe('a redirect is refused', () => {
  test.for([
    ['to another host', 'https://evil.test/'],
    ['to a host that only begins alike', 'https://app.example.test.evil.test/'],
    ['to a host that only ends alike', 'https://evilapp.example.test/'],
    ['to a host within', 'https://a.app.example.test/'],
    ['to another port', 'https://app.example.test:9000/'],
    ['without TLS', 'http://app.example.test/'],
    ['by another scheme', 'javascript://app.example.test/%0aalert(1)'],
    ['with the host as a name', 'https://app.example.test@evil.test/'],
    ['with a backslash, which some take for a slash', 'https://app.example.test\\@evil.test/'],
    ['without the slashes that some do without', 'https:app.example.test/'],
    ['with a backslash for a slash', 'https:\\\\app.example.test/'],
    ['with a tab that some leave out', 'https://app.exam\tple.test/'],
    ['in capitals, which some take for another host', 'https://APP.example.test/'],
    ['relative', '/done'],
    ['to localhost as a part of a name', 'http://localhost.evil.test:80/'],
  ] as const)('%s', ([, url]) => {
    expect(isAllowedRedirect(url, allowed)).toBe(false)
  })

  test('where nothing is allowed', () => {
    expect(isAllowedRedirect('https://app.example.test/', [])).toBe(false)
  })
})

test('an origin that can be allowed is one by HTTPS, or of this machine', () => {
  const possible = [
    'https://a.test',
    'https://a.test:8443',
    'http://localhost:3000',
    'http://127.0.0.1:*',
    'http://[::1]:*',
  ]
  const impossible = [
    'http://a.test',
    'https://a.test/',
    'https://a.test/x',
    'https://a.test:*',
    'https://*.a.test',
    '*',
    'a.test',
    'https://A.test',
    'https://a.test:443',
  ]
  expect(possible.filter((origin) => !isRedirectOrigin(origin))).toEqual([])
  expect(impossible.filter(isRedirectOrigin)).toEqual([])
})
