/** Finds the pinned Node, installing the packages first in a fresh clone. Plain JavaScript: it must run on any Node from 14 on. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const stamp = join(modules, '.package-lock.json')
const major = 24

/** Installs when node_modules is missing or older than the lock file. Two launchers at once: one installs, the other waits. */
export function ensureInstalled() {
  if (isFresh()) return
  const lock = join(root, '.installing')
  const until = Date.now() + 300_000
  for (;;) {
    try {
      mkdirSync(lock)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') {
        if (existsSync(stamp)) return
        fail(`node_modules is missing and ${root} is not writable (${error.code}). Run 'npm ci' there as its owner.`)
      }
      if (Date.now() > until) fail(`another installation seems to be stuck: remove ${lock} and try again.`)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
      if (isFresh()) return
    }
  }
  try {
    if (isFresh()) return
    process.stderr.write('slipway: installing packages (first start) ...\n')
    const npm = process.env.npm_execpath
    const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
    const done = npm
      ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: ['ignore', 2, 2] })
      : spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2] })
    if (done.error) fail(`npm could not be started: ${done.error.message}`)
    if (done.status !== 0) fail(`npm ci failed with exit code ${done.status}; its output is above.`)
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

/** The pinned Node where npm has one for this platform, else the Node that is running when it is new enough. */
export function runtime() {
  const pinned = join(modules, `node-${process.platform}-${process.arch}`, 'bin', 'node')
  if (existsSync(pinned)) return pinned
  if (Number(process.versions.node.split('.')[0]) >= major) return process.execPath
  return fail(`Node ${major} or newer is needed and npm has no copy of it for ${process.platform}-${process.arch}; this is Node ${process.versions.node}.`)
}

/** Runs a script on the pinned Node, in the caller's folder, and ends as it ends. */
export function runOn(script, args, env = process.env) {
  const child = spawn(runtime(), ['--disable-warning=ExperimentalWarning', join(root, script), ...args], { stdio: 'inherit', env })
  const pass = (signal) => () => child.kill(signal)
  // A terminal sends Ctrl-C to the whole group: the child decides, this process only waits.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', pass('SIGTERM'))
  process.on('SIGHUP', pass('SIGHUP'))
  child.on('error', (error) => fail(`the pinned Node could not be started: ${error.message}`))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

function isFresh() {
  if (!existsSync(stamp)) return false
  const lock = join(root, 'package-lock.json')
  return !existsSync(lock) || statSync(stamp).mtimeMs + 1000 >= statSync(lock).mtimeMs
}

function fail(message) {
  process.stderr.write(`slipway: ${message}\n`)
  process.exit(1)
}
