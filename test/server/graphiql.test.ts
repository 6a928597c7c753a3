import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page, type Response } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
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

const examples = ['Providers', 'Everyone', 'WhoIsThis', 'SignedIn']

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
    }, 60_000)

    beforeEach(async () => {
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
    }, 30_000)

    afterEach(() => page.close())

    afterAll(async () => {
      await browser.close()
      await gateway.stop()
    })

    it('opens with the example operations', async () => {
      expect(await page.locator('.graphiql-tab-button').allTextContents()).toEqual(examples)
    })

    it.each(examples)('runs the example %s and shows its data', async (name) => {
      await openTab(name)
      const response = await run(name)
      const body = (await response.json()) as { data: unknown; errors?: unknown }
      expect(body.errors).toBeUndefined()
      expect(JSON.stringify(body.data)).toContain('"clerk"')
      // Only the lines in view are in the page, and the first is among them.
      await page.locator('.graphiql-response', { hasText: '"data"' }).waitFor()
    })

    /** Runs the operation in the editor. Just after a turn to another tab, the page may still run the one before. */
    function run(name: string): Promise<Response> {
      return vi.waitFor(async () => {
        const answered = page.waitForResponse(
          (response) => (response.request().postData() ?? '').includes(`query ${name}`),
          { timeout: 1_500 },
        )
        await Promise.all([answered, page.locator('.graphiql-execute-button').click({ timeout: 1_500 })])
        return answered
      }, 15_000)
    }

    /** Turns to a tab. While the page moves its tabs into place, a click on one may not count. */
    async function openTab(name: string): Promise<void> {
      const tab = page.locator('.graphiql-tab', { hasText: name })
      await vi.waitFor(async () => {
        await tab.locator('.graphiql-tab-button').click({ timeout: 1_000 })
        expect(await tab.getAttribute('aria-selected')).toBe('true')
      }, 10_000)
      await page.locator('.graphiql-query-editor', { hasText: `query ${name}` }).waitFor()
    }

    it('loads nothing from anywhere else, and breaks nowhere', () => {
      expect(elsewhere).toEqual([])
      expect(faults).toEqual([])
    })
  },
)
