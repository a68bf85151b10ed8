import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { misfits } from '../../test/support/json-schema-fits.ts'
import { knownRun, nasty, queuedRun, type Served, servedApp, startingRun, step } from '../../test/support/served-app.ts'
import { tokenRule } from './guard/token.ts'

interface Operation {
  readonly operationId: string
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[]
  readonly requestBody?: unknown
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, { readonly schema: Readonly<Record<string, unknown>> }>> }>>
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

/** What makes each operation answer well. A new route without an entry fails here. */
const examples: Readonly<Record<string, { readonly query?: string; readonly body?: unknown; readonly run?: string }>> = {
  getServer: {},
  listRuns: { query: '?pipeline=web&status=running&branch=main&text=we&limit=5' },
  getRun: {},
  listEvents: { query: '?after=1&limit=3&output=all' },
  streamEvents: { run: queuedRun },
  readLog: { query: `?step=${step}&from=1&count=10` },
  searchLog: { query: `?step=${step}&text=TWO` },
  downloadLog: { query: `?step=${step}` },
  startRun: { body: { pipeline: 'abc', inputs: { 'variables.TAG': '1' } } },
  rerun: { body: { fromFailed: true } },
  abortRun: { body: {} },
  answerRun: { body: { step, choice: 'retry' } },
  listPipelines: {},
  getForm: {},
}

interface Call {
  readonly name: string
  readonly operation: Operation
  readonly path: string
  readonly init: RequestInit
}

async function calls(served: Served, headers: Readonly<Record<string, string>> = {}): Promise<readonly Call[]> {
  const document = (await (await served.fetch('/api/openapi.json', { headers })).json()) as Document
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => {
      const { query = '', body, run = knownRun } = examples[operation.operationId] ?? {}
      const init = { method: method.toUpperCase(), headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) } }
      const filled = path.replace('{run}', run).replace('{pipeline}', 'abc') + query
      return { name: operation.operationId, operation, path: filled, init: { ...init, ...(body !== undefined && { body: JSON.stringify(body) }) } }
    }),
  )
}

describe('the API, route by route of its document', () => {
  it('has an example for each, and no other', async () => {
    expect((await calls(await servedApp())).map(({ name }) => name).sort()).toEqual(Object.keys(examples).sort())
  })

  it('answers each as its schema says', async () => {
    const served = await servedApp()
    for (const { name, operation, path, init } of await calls(served)) {
      const answer = await served.fetch(path, init)
      const [status, good] = Object.entries(operation.responses)[0] ?? []
      const [type, content] = Object.entries(good?.content ?? {})[0] ?? []
      const text = await answer.text()
      expect([name, answer.status, text.slice(0, 300)]).toEqual([name, Number(status), text.slice(0, 300)])
      expect(answer.headers.get('content-type')).toContain(type)
      if (type === 'application/json') expect([name, misfits(JSON.parse(text), content?.schema ?? {})]).toEqual([name, []])
    }
    expect(served.told).toEqual([])
  })

  it('refuses a parameter that nobody knows, and one that is wrong, in words', async () => {
    const served = await servedApp()
    for (const { name, path, init, operation } of await calls(served)) {
      const odd = await served.fetch(`${path}${path.includes('?') ? '&' : '?'}nobody=1`, init)
      expect([name, odd.status]).toEqual([name, 400])
      expect(((await odd.json()) as { error: { code: string } }).error.code).toBe('API_REQUEST_BAD')
      for (const needed of operation.parameters.filter((one) => one.in === 'query' && one.required))
        expect([name, needed.name, (await served.fetch(path.replace(`${needed.name}=`, 'x='), init)).status]).toEqual([name, needed.name, 400])
    }
    expect((await served.fetch('/api/runs?limit=100000')).status).toBe(400)
    expect((await served.fetch('/api/runs?cursor=../../x')).status).toBe(400)
  })

  it('answers any text in any place in words, never with a defect', async () => {
    const served = await servedApp()
    const all = (await calls(served)).filter(({ name }) => name !== 'streamEvents')
    const odd = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom('', '0', '-1', '1e9', '../..', "' OR 1=1 --", '%', '\u0000', '<+input>', '[object Object]'),
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...all), odd, odd, async ({ path, init, operation }, first, second) => {
        const names = operation.parameters.filter((one) => one.in === 'query').map(({ name }) => name)
        const query = new URLSearchParams(Object.fromEntries(names.map((name, i) => [name, i % 2 === 0 ? first : second])))
        const place = (path.split('?')[0] ?? '').replace(knownRun, () => encodeURIComponent(second) || 'x')
        for (const address of [`${path.split('?')[0]}?${query}`, place]) {
          const answer = await served.fetch(address, {
            ...init,
            ...(init.body !== undefined && { body: JSON.stringify({ [first]: second, step: first, pipeline: second }) }),
          })
          expect(answer.status).toBeLessThan(500)
          await answer.body?.cancel()
        }
      }),
    )
    expect(served.told).toEqual([])
  })

  it('tells no run and no route that are not there', async () => {
    const served = await servedApp()
    for (const { name, path, init } of await calls(served)) {
      if (!path.includes(knownRun)) continue
      const answer = await served.fetch(path.replace(knownRun, 'nobody'), init)
      const { error } = (await answer.json()) as { error: { code: string } }
      expect([name, answer.status, error.code]).toEqual([name, 404, 'RUN_NOT_FOUND'])
    }
    expect((await served.fetch('/api/runs/..%2f..%2fetc%2fpasswd')).status).toBe(404)
    expect((await served.fetch('/api/nothing')).status).toBe(404)
  })
})

describe('a run that has not begun', () => {
  it('is in the list, has an empty view, and is taken back or stopped', async () => {
    const served = await servedApp()
    const { queued } = (await (await served.fetch('/api/runs')).json()) as { queued: readonly { run: string; status: string; refusal?: string }[] }
    expect(queued.map(({ run, status, refusal }) => [run, status, refusal])).toEqual([
      [queuedRun, 'refused', 'no input'],
      [startingRun, 'queued', undefined],
    ])
    expect(await (await served.fetch(`/api/runs/${startingRun}`)).json()).toMatchObject({ run: { status: 'queued' }, view: { seq: 0, steps: [] } })
    const abort = async (run: string) =>
      (await served.fetch(`/api/runs/${run}/abort`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).json()
    expect(await abort(queuedRun)).toEqual({ did: 'cancelled' })
    expect(await abort(startingRun)).toEqual({ did: 'asked' })
    expect(served.orders).toEqual([`stop ${startingRun} in good order`])
  })
})

describe('who may ask', () => {
  const token = 'a-token-of-some-length'

  it('is each who has the token, for every route', async () => {
    const served = await servedApp({ token: tokenRule(token), names: 'any' })
    const table: readonly (readonly [string, Readonly<Record<string, string>>, boolean])[] = [
      ['none', {}, false],
      ['wrong', { authorization: 'Bearer another-token-altogether' }, false],
      ['wrong scheme', { authorization: `Basic ${token}` }, false],
      ['wrong cookie', { cookie: `slipway-session=${token}` }, false],
      ['right', { authorization: `Bearer ${token}` }, true],
      ['right cookie', { cookie: tokenRule(token).cookie.split(';')[0] ?? '' }, true],
    ]
    const all = await calls(served, { authorization: `Bearer ${token}` })
    for (const [who, headers, admitted] of table) {
      for (const { name, path, init } of all) {
        const { authorization: _, ...rest } = init.headers as Record<string, string>
        const answer = await served.fetch(path, { ...init, headers: { ...rest, ...headers } })
        await answer.body?.cancel()
        expect([who, name, answer.status === 401]).toEqual([who, name, !admitted])
      }
      const document = await served.fetch('/api/openapi.json', { headers })
      expect([who, document.status]).toEqual([who, admitted ? 200 : 401])
    }
  })

  it('gives browsers a cookie for the token, which no script reads and no other site sends', async () => {
    const served = await servedApp({ token: tokenRule(token), names: 'any' })
    const signIn = (body: object) =>
      served.fetch('/api/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
    expect((await signIn({ token: 'wrong' })).status).toBe(401)
    const cookie = (await signIn({ token })).headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/)
    expect(cookie).not.toContain(token)
    expect((await served.fetch('/api/runs', { headers: { cookie: cookie.split(';')[0] ?? '' } })).status).toBe(200)
  })

  it('gives no order to a read-only server', async () => {
    const served = await servedApp({ readOnly: true })
    for (const { name, path, init } of await calls(served)) {
      const answer = await served.fetch(path, init)
      await answer.body?.cancel()
      expect([name, answer.status === 403]).toEqual([name, init.method !== 'GET'])
    }
    expect(served.orders).toEqual([])
  })
})

describe('pages of others', () => {
  const order = { method: 'POST', body: '{"pipeline":"abc"}' }
  const json = { 'content-type': 'application/json' }

  it.each([
    ['another name that leads here', { ...json, host: 'evil.example' }, 403],
    ['another name with our port', { ...json, host: 'evil.example:8700' }, 403],
    ['an order of another site', { ...json, origin: 'http://evil.example' }, 403],
    ['an order of another port', { ...json, origin: 'http://localhost:1' }, 403],
    ['an order of a file', { ...json, origin: 'null' }, 403],
    ['an order that the browser says is of another site', { ...json, 'sec-fetch-site': 'cross-site' }, 403],
    ['an order of the same site but another origin', { ...json, 'sec-fetch-site': 'same-site' }, 403],
    ['a form, which needs no leave', { 'content-type': 'application/x-www-form-urlencoded' }, 400],
    ['a form of plain text', { 'content-type': 'text/plain' }, 400],
    ['our own page', { ...json, origin: 'http://localhost:8700', 'sec-fetch-site': 'same-origin' }, 202],
    ['a program', json, 202],
  ])('%s', async (_what, headers, status) => {
    const served = await servedApp()
    expect((await served.fetch('/api/runs', { ...order, headers })).status).toBe(status)
    expect(served.orders.length).toBe(status === 202 ? 1 : 0)
  })

  it('are not read to either', async () => {
    const served = await servedApp()
    expect((await served.fetch('/api/runs', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403)
    expect((await served.fetch('/api/runs', { headers: { host: 'evil.example' } })).status).toBe(403)
  })

  it('hear what browsers may do with every answer', async () => {
    const served = await servedApp()
    for (const path of ['/api/runs', '/api/nothing', '/', `/api/runs/${knownRun}/logs/download`]) {
      const { headers } = await served.fetch(path)
      expect(headers.get('content-security-policy')).toContain("default-src 'self'; base-uri 'none'")
      expect(headers.get('content-security-policy')).not.toContain('unsafe')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('access-control-allow-origin')).toBeNull()
    }
  })
})

describe('what leaves', () => {
  it('is never a secret: no value of a secret output, nothing that a run was started with', async () => {
    const served = await servedApp()
    for (const { path, init } of await calls(served)) {
      if (path.includes('stream')) continue
      expect(await (await served.fetch(path, init)).text()).not.toContain('not-to-be-told')
    }
  })

  it('is data: markup and escape sequences of logs come as they are, as JSON or as a plain file, and end no header', async () => {
    const served = await servedApp()
    const read = await served.fetch(`/api/runs/${knownRun}/logs?step=${step}`)
    expect(read.headers.get('content-type')).toBe('application/json')
    const { lines } = (await read.json()) as { lines: readonly { text: string }[] }
    expect(`${lines[2]?.text}\n`).toBe(nasty)
    const file = await served.fetch(`/api/runs/${knownRun}/logs/download`)
    expect(file.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="web-X-Evil-1--1.log"')
    expect(file.headers.get('x-evil')).toBeNull()
    expect(await file.text()).toBe(`one\ntwo\n${nasty}`)
    const plain = await (await served.fetch(`/api/runs/${knownRun}/logs/download?plain=true`)).text()
    expect(plain).toContain('<script>alert(1)</script>red "')
    expect(plain).not.toContain('\u001b')
    const found = (await (await served.fetch(`/api/runs/${knownRun}/logs/search?step=${step}&text=${encodeURIComponent('</script>red')}`)).json()) as {
      found: readonly { n: number }[]
    }
    expect(found.found.map(({ n }) => n)).toEqual([3])
  })

  it('says of a defect that there was one, and no more', async () => {
    const served = await servedApp()
    const broken = { ...served.history, list: () => Promise.reject(new Error('of the inside')) }
    const again = await servedApp({ history: broken })
    const answer = await again.fetch('/api/runs')
    expect([answer.status, await answer.text()]).toEqual([500, expect.not.stringContaining('inside')])
    expect(again.told.join('')).toContain('of the inside')
  })
})
