/** `slipway secret`: the secrets that this machine keeps, encrypted. Values come from a prompt, standard input, a file or a variable: never as arguments, which others see. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { diagnose } from '../../base/diagnostic.ts'
import { plural } from '../../base/human.ts'
import { problem } from '../../base/problem.ts'
import { type ExitCode, exitCodes, printDiagnostics } from '../failures.ts'
import { readHidden } from '../read-hidden.ts'
import type { World } from '../world.ts'

export interface SetOptions {
  readonly file?: string
  readonly fromEnv?: string
}

/** Masks cannot hide what is everywhere anyway. */
const shortest = 4
const namePattern = /^(?:(?:account|org)\.)?[A-Za-z_][\w.-]{0,127}$/

export async function setSecret(name: string, o: SetOptions, world: World): Promise<ExitCode> {
  checkName(name)
  const value = await givenValue(name, o, world)
  if (value === '') throw problem('SECRET_EMPTY', { name })
  await keep(new Map([[name, value]]), world)
  await world.stdout.write(`${name} is set\n`)
  return exitCodes.done
}

/** `NAME=value` lines, as a .env file has them. */
export async function importSecrets(file: string, o: { readonly scope?: string }, world: World): Promise<ExitCode> {
  const text = await textOf(file, world)
  const values = new Map<string, string>()
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith('#')) continue
    const [, name, value] = /^(?:export\s+)?([^=\s]+)\s*=(.*)$/.exec(trimmed) ?? []
    const at = { file, line: index + 1, col: 1, endLine: index + 1, endCol: line.length + 1 }
    if (name === undefined || value === undefined) throw problem('SECRET_LINE_BAD', {}, { at })
    const scoped = `${o.scope === undefined ? '' : `${o.scope}.`}${name}`
    checkName(scoped)
    values.set(scoped, unquoted(value.trim()))
  }
  await keep(values, world)
  await world.stdout.write(`${plural(values.size, 'secret')} set\n`)
  return exitCodes.done
}

export async function listSecrets(o: { readonly json?: boolean }, world: World): Promise<ExitCode> {
  const store = await world.tools.secrets(world.home)
  try {
    const secrets = store.list()
    if (o.json === true) await world.stdout.write(`${JSON.stringify(secrets, null, 2)}\n`)
    else if (secrets.length === 0) await world.stdout.write('no secrets yet; set one with: slipway secret set NAME\n')
    else
      for (const { name, changedAt } of secrets)
        await world.stdout.write(`${name.padEnd(40)} ${new Date(changedAt).toISOString().slice(0, 19).replace('T', ' ')}\n`)
    return exitCodes.done
  } finally {
    store.close()
  }
}

export async function removeSecrets(names: readonly string[], world: World): Promise<ExitCode> {
  const store = await world.tools.secrets(world.home)
  try {
    const known = store.list().map(({ name }) => name)
    const removed = store.remove(names)
    for (const name of names.filter((one) => !removed.includes(one)))
      await printDiagnostics([diagnose('SECRET_NOT_KEPT', { name, known: known.join(', ') || 'none' })], [], world)
    return removed.length === names.length ? exitCodes.done : exitCodes.problems
  } finally {
    store.close()
  }
}

async function keep(values: ReadonlyMap<string, string>, world: World): Promise<void> {
  for (const [name, value] of values) if (value.length < shortest) await printDiagnostics([diagnose('SECRET_SHORT', { name, length: value.length })], [], world)
  const store = await world.tools.secrets(world.home)
  try {
    store.set(values)
  } finally {
    store.close()
  }
}

function checkName(name: string): void {
  if (!namePattern.test(name)) throw problem('SECRET_NAME_BAD', { name })
}

async function givenValue(name: string, { file, fromEnv }: SetOptions, world: World): Promise<string> {
  if (file !== undefined) return textOf(file, world)
  if (fromEnv !== undefined) {
    const value = world.env[fromEnv]
    if (value === undefined) throw problem('SECRET_VARIABLE_UNSET', { variable: fromEnv })
    return value
  }
  return readHidden(`value of ${name}: `, world)
}

async function textOf(file: string, world: World): Promise<string> {
  return readFile(resolve(world.cwd, file), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw problem('FILE_UNREADABLE', { file, reason: cause.code === 'ENOENT' ? 'there is no such file' : cause.message, cwd: world.cwd }, { cause })
  })
}

function unquoted(value: string): string {
  const [, quote, inner] = /^(["'])(.*)\1$/s.exec(value) ?? []
  if (quote === undefined || inner === undefined) return value
  return quote === '"' ? inner.replace(/\\n/g, '\n').replace(/\\(["\\$])/g, '$1') : inner
}
