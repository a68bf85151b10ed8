/** Of undici the program needs its pools and plain requests. Its index loads everything else too, at every start that meets a registry. */
import type { Plugin } from 'esbuild'
import { root } from '../support/root.ts'

/** What our sources may import from undici; a name that is missing here fails the build. */
const text = `
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js'
import request from 'undici/lib/api/api-request.js'
import Agent from 'undici/lib/dispatcher/agent.js'
import Pool from 'undici/lib/dispatcher/pool.js'
import ProxyAgent from 'undici/lib/dispatcher/proxy-agent.js'
Dispatcher.prototype.request = request
export { Agent, Pool, ProxyAgent }
`

/** Commands in pods go over a web socket; loaded with the first of them. */
const webSocket = `
import { WebSocket } from 'undici/lib/web/websocket/websocket.js'
export { WebSocket }
`

/** The client library of Kubernetes wants all of it, and is itself loaded only by those who go there. */
const wantsAll = /node_modules\/@kubernetes\//
const wantsWebSocket = /kubernetes-api\/exec\.ts$/

export function onlyUndiciCore(): Plugin {
  return {
    name: 'only-undici-core',
    setup: ({ initialOptions, onResolve, onLoad }) => {
      // Its own name for being bundled: without the experimental second parser.
      initialOptions.define = { ...initialOptions.define, esbuildDetection: '1' }
      onResolve({ filter: /^undici$/ }, ({ importer }) => {
        if (wantsAll.test(importer)) return undefined
        return { path: wantsWebSocket.test(importer) ? 'web socket' : 'undici', namespace: 'undici-core' }
      })
      onLoad({ filter: /.*/, namespace: 'undici-core' }, ({ path }) => ({ contents: path === 'undici' ? text : webSocket, resolveDir: root, loader: 'js' }))
    },
  }
}
