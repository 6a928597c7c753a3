import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningGateway, startGateway } from '../support/process.ts'

const chromiumPath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'

/** Nothing but our own process may be asked for anything. */
const offline = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

describe.skipIf(!existsSync(chromiumPath))(
  `GraphiQL in Chromium (skipped where ${chromiumPath} is not installed)`,
  () => {
    let gateway: RunningGateway
    let browser: Browser
    let page: Page
    const elsewhere: string[] = []
    const faults: string[] = []

    beforeAll(async () => {
      gateway = await startGateway()
      browser = await chromium.launch({ executablePath: chromiumPath, args: offline })
      page = await browser.newPage()
      page.on('pageerror', (error) => faults.push(error.message))
      await page.route('**/*', async (route) => {
        const url = route.request().url()
        if (url.startsWith(gateway.origin) || url.startsWith('blob:') || url.startsWith('data:'))
          return route.continue()
        elsewhere.push(url)
        return route.abort()
      })
      await page.goto(`${gateway.origin}/`)
      await page.locator('.graphiql-execute-button').waitFor()
    }, 60_000)

    afterAll(async () => {
      await browser.close()
      await gateway.stop()
    })

    it('opens with the example operations', async () => {
      const tabs = await page.locator('.graphiql-tab').allTextContents()
      expect(tabs.map((text) => text.trim())).toEqual(['Providers', 'NewestUsers', 'WhoIsThis', 'SignedIn'])
    })

    it.each(['Providers', 'NewestUsers', 'WhoIsThis', 'SignedIn'])(
      'runs the example %s and shows its data',
      async (name) => {
        await page.locator('.graphiql-tab', { hasText: name }).locator('button').first().click()
        const answered = page.waitForResponse(
          (response) =>
            response.url().endsWith('/graphql') && (response.request().postData() ?? '').includes(`query ${name}`),
        )
        await page.locator('.graphiql-execute-button').click()
        const response = await answered
        const body = (await response.json()) as { data: unknown; errors?: unknown }
        expect(body.errors).toBeUndefined()
        expect(JSON.stringify(body.data)).toContain('"auth0"')
        await page.locator('.graphiql-response', { hasText: 'auth0' }).waitFor()
      },
    )

    it('loads nothing from anywhere else, and breaks nowhere', () => {
      expect(elsewhere).toEqual([])
      expect(faults).toEqual([])
    })
  },
)
