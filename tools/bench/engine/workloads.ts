/** What the engine is measured with: pipelines of many small steps, and of one that talks a lot. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const [noopSteps, parallelSteps, floodBytes] = [1000, 200, 1_000_000_000]

/** Steps that do nothing, one after another. */
export function noopPipeline(): string {
  return pipeline(Array.from({ length: noopSteps }, (_, i) => step(`s${i}`, 'true')))
}

/** What these would cost without any of it: the same processes, started by the same Node. */
export const bareLoop = `
import { spawn } from 'node:child_process'
for (let i = 0; i < ${noopSteps}; i++) await new Promise((resolve) => spawn('sh', ['-c', 'true'], { stdio: 'ignore' }).on('close', resolve))
`

export function parallelPipeline(): string {
  return pipeline([{ parallel: Array.from({ length: parallelSteps }, (_, i) => step(`p${i}`, 'echo begun; sleep 1; echo done')) }])
}

/** Lines as compilers print them, with a secret known that masks have to look for. */
export function floodPipeline(): string {
  const line = '2030-01-01T12:00:00Z [web] compiling modules/checkout/cart.ts with flags -O2 -Wall, took 13 ms, nothing to complain of'
  return pipeline([step('flood', `yes '${line}' | head -c ${floodBytes}`, { TOKEN: '<+secrets.getValue("bench")>' })])
}

export const benchSecret = { SLIPWAY_SECRET_BENCH: 'a-token-that-nobody-prints-0123456789' } as const

export function writePipelines(dir: string): void {
  for (const [name, text] of Object.entries({ noop: noopPipeline(), parallel: parallelPipeline(), flood: floodPipeline() }))
    writeFileSync(join(dir, `${name}.yaml`), text)
  writeFileSync(join(dir, 'bare.mjs'), bareLoop)
}

function step(identifier: string, command: string, envVariables?: Readonly<Record<string, string>>): unknown {
  return { step: { identifier, name: identifier, type: 'Run', spec: { shell: 'Sh', command, ...(envVariables !== undefined && { envVariables }) } } }
}

/** JSON is YAML. */
function pipeline(steps: readonly unknown[]): string {
  const platform = { os: 'Linux', arch: 'Amd64' }
  const spec = { cloneCodebase: false, platform, runtime: { type: 'Cloud', spec: {} }, execution: { steps } }
  return JSON.stringify({ pipeline: { identifier: 'bench', name: 'bench', stages: [{ stage: { identifier: 's', name: 's', type: 'CI', spec } }] } })
}
