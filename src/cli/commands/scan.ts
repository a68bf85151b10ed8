/** `slipway scan IMAGE|ARCHIVE|REF|DIR`: known flaws of what is in an image, for people and for programs. */

import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { plural } from '../../base/human.ts'
import { Problem, problem } from '../../base/problem.ts'
import type { Grouping } from '../../scan/write/table.ts'
import { applyIgnores } from '../../verdict/apply-ignores.ts'
import { type GateLevel, heldUp } from '../../verdict/gate.ts'
import { type ExitCode, exitCodes, printDiagnostics } from '../failures.ts'
import { type ClientOptions, withClient } from '../images/with-client.ts'
import { loadConfig } from '../load-config.ts'
import { openTarget } from '../scan/open-target.ts'
import { readIgnoreFile } from '../scan/read-ignore-file.ts'
import { type ScannerName, scanChoice } from '../scan/scan-choice.ts'
import { type Found, type ScanFormat, scanTexts } from '../scan/scan-texts.ts'
import type { World } from '../world.ts'

export interface ScanOptions extends ClientOptions {
  readonly scanner?: ScannerName
  readonly db?: string
  readonly format: ScanFormat
  readonly group: Grouping
  readonly failOn: GateLevel
  readonly ignoreUnfixed?: boolean
  readonly ignoreFile?: string
  readonly image?: string
  readonly platform?: string
  readonly output?: string
}

export async function scanCommand(source: string, o: ScanOptions, world: World): Promise<ExitCode> {
  const config = await loadConfig([join(world.cwd, '.slipway'), world.home])
  const choice = scanChoice(config, { ...(o.scanner !== undefined && { scanner: o.scanner }), ...(o.db !== undefined && { db: o.db }) }, world)
  const rules = await readIgnoreFile(o.ignoreFile, world)
  return withClient(o, world, async (client) => {
    const scanner = await world.tools.scanner(choice, client, world.home)
    const blockers = (await scanner.check({ signal: world.signal })).filter(({ severity }) => severity === 'error')
    const [first, ...others] = blockers
    if (first !== undefined) throw new Problem(first, { others })
    const opened = await openTarget(
      source,
      { client, ...(o.image !== undefined && { image: o.image }), ...(o.platform !== undefined && { platform: o.platform }) },
      world,
    )
    try {
      const report = await scanner.scan({ target: opened.target }, { signal: world.signal })
      const wanted = o.ignoreUnfixed === true ? report.findings.filter(({ fixedVersion }) => fixedVersion !== undefined) : report.findings
      const { counting, ignored, notes } = applyIgnores(wanted, rules, world.clock.now())
      await printDiagnostics(notes, [], world)
      const sorted = { report, counting, ignored, held: heldUp(counting, o.failOn) }
      await give(
        scanTexts[o.format](sorted, {
          ...o,
          columns: o.output === undefined ? world.stdout.columns : undefined,
          colour: o.output === undefined && world.stdout.colour,
          version: world.version,
          now: world.clock.now(),
        }),
        o,
        world,
      )
      return await verdict(sorted, o, world)
    } finally {
      await opened.close()
    }
  })
}

async function give(text: string, { output }: ScanOptions, world: World): Promise<void> {
  if (output === undefined) return void (await world.stdout.write(text))
  await writeFile(resolve(world.cwd, output), text).catch((cause: Error) => {
    throw problem('FILE_UNWRITABLE', { file: output, reason: cause.message }, { cause })
  })
}

/** With a gate an unjudged system is no pass: nobody has looked at it. */
async function verdict({ report, held }: Found, o: ScanOptions, world: World): Promise<ExitCode> {
  if (held.length > 0) {
    await world.stderr.write(`${plural(held.length, 'flaw')} of ${report.target.name} ${held.length === 1 ? 'is' : 'are'} ${o.failOn} or worse\n`)
    return exitCodes.problems
  }
  const system = report.unjudged.find(({ kind }) => kind === 'distribution')
  if (o.failOn === 'none' || system === undefined) return exitCodes.done
  throw problem('SCAN_SYSTEM_UNJUDGED', { what: system.what, reason: system.reason })
}
