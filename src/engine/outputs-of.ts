/** What a step has handed over, as outputs: the variables it declares, and what it wrote to its files. Remarks go to its log. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import type { OutputVariable } from '../events/run-event.ts'
import type { StepEnd } from '../ports/infrastructure.ts'
import { readDotenv } from '../steps/read-dotenv.ts'
import type { RunWork, ScriptOutput } from '../steps/work.ts'
import type { Redactor } from './redactor.ts'

export interface HandedOver {
  readonly outputs: readonly OutputVariable[]
  /** Variables for the environment of later steps, and nothing else. */
  readonly exports: ReadonlyMap<string, string>
  readonly notes: readonly Diagnostic[]
}

const maskable = 4

/** A variable that the script had set goes before a line of the file. Secrets are known to the redactor before anyone sees them. */
export function outputsOf({ outputs: declared }: RunWork, { outputs: set, handed }: StepEnd, redactor: Redactor): HandedOver {
  const written = readDotenv(handed.outputs)
  const secrets = readDotenv(handed.secrets)
  const exported = readDotenv(handed.env)
  const found = new Map<string, OutputVariable>()
  for (const [name, value] of written.values) found.set(name, { name, value, secret: isSecret(name, declared) })
  for (const [name, value] of secrets.values) found.set(name, { name, value, secret: true })
  for (const { name, from, secret } of declared) {
    const value = set.get(from)
    if (value !== undefined) found.set(name, { name, value, secret })
  }
  const outputs = [...found.values()]
  for (const { value } of outputs.filter(({ secret }) => secret)) redactor.register(value)
  return { outputs, exports: exported.values, notes: [...remarks(outputs, declared), ...ignored([written.ignored, secrets.ignored, exported.ignored].flat())] }
}

function isSecret(name: string, declared: readonly ScriptOutput[]): boolean {
  return declared.some((output) => output.name === name && output.secret)
}

function remarks(outputs: readonly OutputVariable[], declared: readonly ScriptOutput[]): readonly Diagnostic[] {
  const numbers = new Set(declared.filter(({ number }) => number === true).map(({ name }) => name))
  return outputs.flatMap(({ name, value, secret }) => {
    if (secret) return value !== '' && value.length < maskable ? [diagnose('STEP_OUTPUT_NOT_MASKED', { name })] : []
    return numbers.has(name) && !isNumber(value) ? [diagnose('STEP_OUTPUT_NOT_NUMBER', { name, value: value.slice(0, 100) })] : []
  })
}

function isNumber(value: string): boolean {
  return value.trim() !== '' && Number.isFinite(Number(value))
}

function ignored(lines: readonly string[]): readonly Diagnostic[] {
  const [line] = lines
  return line === undefined ? [] : [diagnose('STEP_OUTPUT_LINES_IGNORED', { count: lines.length, line: line.slice(0, 100) })]
}
