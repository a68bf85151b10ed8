/** Finds the pinned Node, installing the packages first in a fresh clone. Plain JavaScript: it must run on any Node from 14 on. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const stamp = join(modules, '.package-lock.json')
const major = 24

/** Installs when node_modules is missing or older than the lock file. Two launchers at once: one installs, the other waits. */
export function ensureInstalled() {
  if (isFresh()) return
  const release = takeTurn()
  if (release === undefined) return
  let failure
  try {
    failure = isFresh() ? undefined : install()
  } finally {
    release()
  }
  if (failure !== undefined) fail(failure)
}

/** Undefined when it went well. Not `npm ci`: it refuses to work where a registry lacks optional packages of other platforms. */
function install() {
  process.stderr.write('slipway: installing packages (first start) ...\n')
  // Under `npm run` the very npm that is running; other package managers set the variable too.
  const npm = /npm-cli\.js$/.test(process.env.npm_execpath ?? '') ? process.env.npm_execpath : undefined
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']
  const options = { cwd: root, stdio: ['ignore', 2, 2] }
  const done = npm ? spawnSync(process.execPath, [npm, ...args], options) : spawnSync('npm', args, options)
  if (done.error) return `npm could not be started: ${done.error.message}`
  if (done.status !== 0) return `npm install ended with ${done.status === null ? done.signal : `exit code ${done.status}`}; its output is above.`
  // npm leaves its stamp alone when there was nothing to do.
  const now = new Date()
  if (existsSync(stamp)) utimesSync(stamp, now, now)
  return undefined
}

/** Waits for its turn to install; answers how to give it back, or undefined where one may only use what is there. A turn whose process has died is over. */
function takeTurn() {
  const lock = join(root, '.installing')
  const until = Date.now() + 300_000
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
      return () => rmSync(lock, { force: true })
    } catch (error) {
      if (error.code !== 'EEXIST') {
        if (existsSync(stamp)) return undefined
        fail(`node_modules is missing and ${root} is not writable (${error.code}). Run 'npm install' there as its owner.`)
      }
      if (hasDied(lock)) rmSync(lock, { force: true })
      else if (Date.now() > until) fail(`another installation seems to be stuck: remove ${lock} and try again.`)
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
    }
  }
}

function hasDied(lock) {
  try {
    process.kill(Number(readFileSync(lock, 'utf8')) || process.pid, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
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
