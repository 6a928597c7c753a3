import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { Plugin } from 'graphql-yoga'
import type { ExampleTab } from './examples.ts'

export interface GraphiqlOptions {
  readonly path: string
  readonly endpoint: string
  readonly tabs: readonly ExampleTab[]
  /** Filled into the headers of every tab. */
  readonly headers: Readonly<Record<string, string>>
}

/** A file of the page, compressed once. */
interface Asset {
  readonly type: string
  readonly body: Uint8Array<ArrayBuffer>
  readonly etag: string
}

const contentSecurityPolicy =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; frame-ancestors 'none'"

/** GraphiQL from our own process: nothing is loaded from anywhere else. Its nine megabytes are read when it is first asked for. */
export function useGraphiql(options: GraphiqlOptions): Plugin {
  let assets: Promise<ReadonlyMap<string, Asset>> | null = null

  return {
    async onRequest({ request, url, endResponse, fetchAPI }) {
      const { pathname } = url
      if (request.method !== 'GET') return
      if (pathname === '/') {
        endResponse(new fetchAPI.Response(null, { status: 302, headers: { location: options.path } }))
        return
      }
      if (pathname !== options.path && !pathname.startsWith(`${options.path}/`)) return
      assets ??= loadAssets(options)
      const asset = (await assets).get(pathname)
      if (!asset) {
        endResponse(new fetchAPI.Response('not found', { status: 404 }))
        return
      }
      const headers = {
        'content-type': asset.type,
        'content-security-policy': contentSecurityPolicy,
        'x-content-type-options': 'nosniff',
        etag: asset.etag,
        'cache-control': 'no-cache',
      }
      const isFresh = request.headers.get('if-none-match') === asset.etag
      endResponse(
        isFresh
          ? new fetchAPI.Response(null, { status: 304, headers })
          : new fetchAPI.Response(asset.body, { headers: { ...headers, 'content-encoding': 'gzip' } }),
      )
    },
  }
}

async function loadAssets({ path, endpoint, tabs, headers }: GraphiqlOptions): Promise<ReadonlyMap<string, Asset>> {
  const bundle = await import('@graphql-yoga/render-graphiql/graphiql')
  const headersText = JSON.stringify(headers, null, 2)
  const props = {
    title: 'identity-gateway',
    endpoint,
    defaultHeaders: headersText,
    defaultTabs: tabs.map((tab) => ({ ...tab, headers: headersText })),
    shouldPersistHeaders: false,
  }
  const start = `self.MonacoEnvironment = {
  globalAPI: false,
  getWorkerUrl: (_, label) => '${path}/' + (label === 'json' || label === 'graphql' ? label : 'editor') + '.worker.js',
}
YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), ${JSON.stringify(props)})
`
  const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>identity-gateway</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="${path}/graphiql.css" />
    <style>html, body, #root { height: 100%; margin: 0 }</style>
  </head>
  <body>
    <noscript>GraphiQL needs JavaScript.</noscript>
    <div id="root">Loading…</div>
    <script src="${path}/graphiql.js"></script>
    <script src="${path}/start.js"></script>
  </body>
</html>
`
  return new Map([
    [path, compress('text/html; charset=utf-8', page)],
    [`${path}/graphiql.css`, compress('text/css; charset=utf-8', bundle.css)],
    [`${path}/graphiql.js`, compress('text/javascript; charset=utf-8', bundle.js)],
    [`${path}/start.js`, compress('text/javascript; charset=utf-8', start)],
    [`${path}/editor.worker.js`, compress('text/javascript; charset=utf-8', bundle.editorWorkerService)],
    [`${path}/json.worker.js`, compress('text/javascript; charset=utf-8', bundle.jsonWorker)],
    [`${path}/graphql.worker.js`, compress('text/javascript; charset=utf-8', bundle.graphqlWorker)],
  ])
}

function compress(type: string, text: string): Asset {
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`
  return { type, body: new Uint8Array(gzipSync(text, { level: 6 })), etag }
}
