/** Secrets and keys in builds as users give them: they arrive, and no log, layer, record, file or argument list has them afterwards; Ctrl-C leaves nothing. */
import { execFileSync, spawn } from 'node:child_process'
import { copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openKeyAgent } from '../../../src/builder/ssh/key-agent.ts'
import { root } from '../../../tools/support/root.ts'
import { real } from '../../support/real.ts'
import { needs, promised } from '../../support/skip.ts'
import { type TempProject, tempProject } from '../../support/temp-project.ts'
import { mustRun } from '../support/run-program.ts'

const busybox = real('busybox', { apt: 'busybox-static', version: ['busybox'] })
const sshAdd = real('ssh-add', { apt: 'openssh-client', version: ['-?'] })
const options = process.getuid?.() === 0 ? busybox.options : promised('ci', needs(false, 'RUN as root needs root'))

const values = { store: 'v4lue-of-the-store', variable: 'v4lue-of-the-variable', file: 'v4lue-of-the-file' }

const dockerfile = `FROM scratch
COPY busybox /bin/sh
COPY busybox /bin/busybox
RUN --mount=type=secret,id=STORE --mount=type=secret,id=VARIABLE,env=V --mount=type=secret,id=conf,target=/conf \\
  busybox wc -c < /run/secrets/STORE > /sizes && echo -n "$V" | busybox wc -c >> /sizes && busybox wc -c < /conf >> /sizes && \\
  busybox cat /run/secrets/STORE && echo " and $V" && busybox sleep 1
`

function pipeline(): string {
  const spec = {
    connectorRef: 'account.harnessImage',
    repo: 'acme/app',
    tags: ['1'],
    envDockerSecrets: { STORE: '<+secrets.getValue("account.pw")>', VARIABLE: 'a_user' },
    fileDockerSecrets: { conf: 'conf.txt' },
    envVariables: { PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: 'image.tar' },
  }
  const steps = [{ step: { identifier: 'build', name: 'build', type: 'BuildAndPushDockerRegistry', spec } }]
  const stage = {
    identifier: 's',
    name: 's',
    type: 'CI',
    variables: [{ name: 'a_user', type: 'Secret', value: 'account.user' }],
    spec: { cloneCodebase: true, platform: { os: 'Linux', arch: 'Amd64' }, runtime: { type: 'Cloud', spec: {} }, execution: { steps } },
  }
  return JSON.stringify({ pipeline: { identifier: 'p', name: 'p', stages: [{ stage }] } })
}

/** Every file below, plain and, when it is gzip, unpacked. */
function* contents(folder: string): Generator<readonly [string, Buffer]> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    const bytes = readFileSync(file)
    yield [file, bytes]
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) yield [`${file} (unpacked)`, gunzipSync(bytes)]
  }
}

/** Argument lists of all processes, over and over, until the work ends. */
async function argumentsDuring(work: Promise<unknown>): Promise<string> {
  let over = false
  let seen = ''
  void work.finally(() => {
    over = true
  })
  while (!over) {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        seen += readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      } catch {
        // It has ended.
      }
    }
    await wait(50)
  }
  return seen
}

describe('secrets of builds', options, () => {
  let project: TempProject
  beforeAll(() => {
    project = tempProject({ 'code/Dockerfile': dockerfile, 'code/p.yaml': pipeline(), 'code/conf.txt': values.file })
    copyFileSync(busybox.path, project.path('code/busybox'))
  })
  afterAll(() => project?.remove())

  function slipway(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const child = spawn(process.execPath, [join(root, 'src/main/cli.ts'), ...args], {
      cwd: project.path('code'),
      env: { ...process.env, SLIPWAY_HOME: project.path('home'), NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    const ended = new Promise<{ readonly code: number | null; readonly output: string }>((done) => child.on('close', (code) => done({ code, output })))
    return { child, ended, soFar: () => output }
  }

  it('of a pipeline reach the command and are nowhere else, not even when the command prints them', async () => {
    const env = { SLIPWAY_SECRET_ACCOUNT_PW: values.store, SLIPWAY_SECRET_ACCOUNT_USER: values.variable }
    const { ended } = slipway(['run', 'p.yaml', '--output', 'plain'], env)
    const seen = await argumentsDuring(ended)
    const { code, output } = await ended
    expect([code, output]).toEqual([0, expect.stringContaining('******** and ********')])
    expect(seen).toContain('busybox')
    const found: string[] = []
    for (const [name, text] of [['output', Buffer.from(output)], ['arguments', Buffer.from(seen)], ...contents(project.path('home'))] as const)
      for (const value of Object.values(values)) if (text.includes(value)) found.push(`${value} in ${name}`)
    // The codebase holds the file itself: its copy goes with the stage.
    expect(found.filter((line) => !line.includes('/stages/'))).toEqual([])
  }, 60_000)

  it('lend keys that commands can use and not read', sshAdd.options, async () => {
    const keygen = join(dirname(sshAdd.path), 'ssh-keygen')
    const keys = ['ed25519', 'rsa', 'ecdsa'].map((type) => project.path(type))
    for (const key of keys) execFileSync(keygen, ['-q', '-t', basename(key), '-N', '', '-C', `lent ${basename(key)}`, '-f', key])
    const agent = await openKeyAgent(
      'deploy',
      keys.map((key) => readFileSync(key)),
    )
    try {
      const ask = (program: string, ...args: readonly string[]) => mustRun(program, args, { env: { ...process.env, SSH_AUTH_SOCK: agent.socket } })
      expect((await ask(sshAdd.path, '-L')).trim().split('\n')).toHaveLength(3)
      for (const key of keys) await ask(sshAdd.path, '-T', `${key}.pub`)
    } finally {
      await agent.close()
    }
    project.write({ 'code/Keys': 'FROM scratch\nCOPY busybox /bin/sh\nRUN --mount=type=ssh,id=deploy test -S $SSH_AUTH_SOCK && echo lent\n' })
    const { code, output } = await slipway(['build', '-f', 'Keys', '--ssh', `deploy=${keys[0]}`, '--progress', 'plain', '.']).ended
    expect([code, output]).toEqual([0, expect.stringContaining(' lent\n')])
    const key = readFileSync(keys[0] ?? '', 'utf8').split('\n')[2] ?? ''
    expect([...contents(project.path('home'))].filter(([, text]) => text.includes(key)).map(([name]) => name)).toEqual([])
  })

  it('end with the build at Ctrl-C: exit code 130, no process, no folder left', async () => {
    project.write({ 'code/Sleep': 'FROM scratch\nCOPY busybox /bin/sh\nCOPY busybox /bin/busybox\nRUN echo begun && busybox sleep 7654\n' })
    const { child, ended, soFar } = slipway(['build', '-f', 'Sleep', '--progress', 'plain', '.'])
    for (let i = 0; i < 200 && !soFar().includes(' begun'); i++) await wait(50)
    child.kill('SIGINT')
    const { code, output } = await ended
    expect([code, output]).toEqual([130, expect.stringContaining('CANCELED')])
    const running = readdirSync('/proc').filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('7654')
      } catch {
        return false
      }
    })
    expect(running).toEqual([])
    expect(readdirSync(project.path('home/build/runs'))).toEqual([])
    expect(readdirSync(project.path('home/build/scratch'))).toEqual([])
  }, 60_000)
})
