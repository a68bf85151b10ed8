/** What builds take from outside, from real servers of this machine: files over http with redirects and logins, repositories through git. */
import { execFileSync } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { normalize } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { remote } from '../../../src/adapters/remote/remote.ts'
import { type Fixture, fixture, layersOf } from '../../../src/builder/build-fixture.ts'
import { ownDispatchers, undiciHttp } from '../../../src/registry/undici-http.ts'
import { real } from '../../support/real.ts'
import { type TempProject, tempProject } from '../../support/temp-project.ts'

const git = real('git', { apt: 'git' })
const login = `Basic ${Buffer.from('me:hunter2').toString('base64')}`

describe('builds and the outside', git.options, () => {
  const http = ownDispatchers()
  let project: TempProject
  let server: Server
  let f: Fixture
  let address = ''
  let commit = ''
  const asked: string[] = []

  beforeAll(async () => {
    project = tempProject({ 'work/a.txt': 'A', 'work/sub/run.sh': '#!/bin/sh\n', 'web/tool': 'tool' })
    const run = (...args: readonly string[]) =>
      execFileSync(git.path, ['-c', 'user.name=n', '-c', 'user.email=e', ...args], { cwd: project.path('work'), encoding: 'utf8' })
    run('init', '-q', '-b', 'main')
    run('add', '.')
    run('commit', '-q', '-m', 'one', '--date=2001-02-03T04:05:06Z')
    commit = run('rev-parse', 'HEAD').trim()
    run('tag', 'v1')
    writeFileSync(project.path('work/a.txt'), 'changed')
    run('commit', '-q', '-am', 'two')
    run('clone', '-q', '--bare', '.', project.path('web/repo.git'))
    execFileSync(git.path, ['update-server-info'], { cwd: project.path('web/repo.git') })
    server = createServer((request, response) => {
      const path = normalize(decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/'))
      asked.push(`${request.method} ${path}${request.headers['if-none-match'] === undefined ? '' : ' if changed'}`)
      if (path.startsWith('/private/') && request.headers.authorization !== login) return void response.writeHead(401, { 'www-authenticate': 'Basic' }).end()
      if (path === '/moved') return void response.writeHead(302, { location: '/tool' }).end()
      const name = project.path('web', path.replace('/private/', '/'))
      try {
        if (!statSync(name).isFile()) throw new Error('a folder')
      } catch {
        return void response.writeHead(404).end()
      }
      if (request.headers['if-none-match'] === '"1"') return void response.writeHead(304).end()
      response.writeHead(200, { etag: '"1"', 'last-modified': 'Wed, 21 Oct 2015 07:28:00 GMT' }).end(readFileSync(name))
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    f = await fixture()
  })
  afterAll(async () => {
    await http.close()
    await new Promise((resolve) => server?.close(resolve))
    await f?.remove()
    project?.remove()
  })

  const build = (text: string, env: Readonly<Record<string, string | undefined>> = process.env) =>
    f.build(text, { remote: remote({ send: undiciHttp(http.dispatchers), env }) })

  it('follows redirects, sends logins, and asks before it fetches again', async () => {
    const own = address.replace('//', '//me:hunter2@')
    const text = `FROM scratch\nADD ${address}/moved /a\nADD ${own}/private/tool /b\n`
    const { image } = await build(text)
    expect(await layersOf(image)).toEqual([['a 600 0:0 tool'], ['b 600 0:0 tool']])
    expect(JSON.stringify([await image.config(), f.events])).not.toContain('hunter2')
    asked.length = 0
    expect((await build(text)).cachedLayers).toBe(2)
    expect(asked).toEqual(['GET /moved if changed', 'GET /tool if changed', 'GET /private/tool if changed'])
    await expect(build(`FROM scratch\nADD ${address}/nowhere /a\n`)).rejects.toThrow('the server answers 404')
    await expect(build('FROM scratch\nADD http://127.0.0.1:1/x /a\n')).rejects.toThrow('ECONNREFUSED')
  })

  it('takes commits of repositories by tag, name and default, with the login in no argument list', async () => {
    const spy = project.path('spy/git')
    project.write({ 'spy/git': `#!/bin/sh\nprintf '%s\\n' "$*" >> ${project.path('arguments')}\nexec ${git.path} "$@"\n` })
    execFileSync('chmod', ['755', spy])
    const env = { ...process.env, PATH: `${project.path('spy')}:${process.env['PATH']}`, GIT_SSH_COMMAND: undefined }
    const own = `${address.replace('//', '//me:hunter2@')}/private/repo.git`
    const { image } = await build(`FROM scratch\nADD ${own}#v1 /tag\nADD ${own} /head\nADD ${own}#${commit}:sub /sub\n`, env)
    const layers = await layersOf(image)
    expect(layers[0]).toEqual(['tag/ 755 0:0', 'tag/a.txt 644 0:0 A', 'tag/sub/ 755 0:0', 'tag/sub/run.sh 644 0:0 #!/bin/sh'])
    expect(layers[1]).toContain('head/a.txt 644 0:0 changed')
    expect(layers[2]).toEqual(['sub/ 755 0:0', 'sub/run.sh 644 0:0 #!/bin/sh'])
    expect(project.read('arguments')).toContain('fetch')
    for (const secret of ['hunter2', login.slice(6)]) expect(project.read('arguments')).not.toContain(secret)
    await expect(build(`FROM scratch\nADD ${address}/repo.git#nowhere /x\n`)).rejects.toThrow('Cannot fetch')
  })
})
