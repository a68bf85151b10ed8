/** Starts a program in a user namespace, the way builds are started there, and passes lines on: from its input to the child, from the child to its output. */
import { userInfo } from 'node:os'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { enterUserNamespace } from '../../../src/builder/exec/user-namespace.ts'

const [, , folder = '', ...args] = process.argv
const { uid, gid, username: name } = userInfo()
const env = Object.entries(process.env).map(([key, value]) => `${key}=${value}`)
const entered = await enterUserNamespace({ args, env, folder }, { uid, gid, name }, { signal: new AbortController().signal })
if (entered.kind === 'refused') throw new Error(entered.reason)
const { child } = entered
child.stderr?.pipe(process.stderr)
child.on('message', (line) => void process.stdout.write(`${line}\n`))
child.on('exit', (code) => process.exit(code ?? 1))
createInterface(process.stdin)
  .on('line', (line) => void child.send(line))
  .on('close', () => child.disconnect())
