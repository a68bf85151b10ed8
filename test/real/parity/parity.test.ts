/**
 * The same Dockerfile and context through the embedded builder, on each rung of its sandbox, and through a current BuildKit: configuration, history
 * and files have to be equal, but for what `tolerated.ts` names. Needs root, and a mirror of Debian packages the first time.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { real } from '../../support/real.ts'
import { needs, promised } from '../../support/skip.ts'
import { type ChrootedDocker, dockerRoot, startChrootedDocker } from '../support/chrooted-docker.ts'
import { debianRoot } from '../support/debian-root.ts'
import { type Bases, startBases } from './bases.ts'
import type { Case } from './case.ts'
import { type CaseFolder, caseFolder } from './case-folder.ts'
import { allCases } from './cases/all.ts'
import { writeRecording } from './cases/recorded.ts'
import { compareImages, type Difference, showDifference } from './compare.ts'
import { usualContext, writeEntries } from './context.ts'
import { giveToNobody } from './give.ts'
import type { Given, Ours } from './ours.ts'
import { onRung, type RungDifference } from './rung-differences.ts'
import { allRungs, givenToDocker, type Rung, type Share } from './rungs.ts'
import { buildTheirs, type Theirs } from './theirs.ts'
import { everywhere, type Tolerated, type ToleratedName, tolerated } from './tolerated.ts'

const busybox = real('busybox', { apt: 'busybox-static', version: ['busybox'] })
const engine = dockerRoot()
const debian = debianRoot('bookworm', ['attr', 'libcap2-bin'])
const missing = busybox.missing ?? engine.missing ?? debian.missing

const runs = allCases.filter(({ dockerfile }) => /^(?:ONBUILD\s+)?RUN\b/im.test(dockerfile))
const shares: Readonly<Record<Share, ReadonlySet<Case>>> = {
  all: new Set(allCases),
  runs: new Set(runs),
  // Without those on Debian: each rung makes files of its layers first.
  sample: new Set(runs.filter(({ dockerfile }) => !dockerfile.includes('FROM debian')).filter((_, i) => i % 10 === 0)),
}

const tally = {
  digests: 0,
  equal: new Map<string, number>(),
  own: new Map<string, number>(),
  refused: new Set<string>(),
  tolerated: new Map<ToleratedName, number>(),
}

describe('parity with a current BuildKit', promised('ci', needs(missing === undefined, missing ?? '')), () => {
  let folder: string
  let bases: Bases
  let docker: ChrootedDocker
  let rungs: readonly Rung[]
  let since = 0
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-parity-'))
    chmodSync(folder, 0o755)
    bases = await startBases({ folder, busybox: busybox.path, debian: debian.folder ?? '' })
    docker = await startChrootedDocker(engine.folder ?? '', { mirror: bases.mirror, given: givenToDocker })
    rungs = await allRungs({ folder, bases, docker })
    // The bases are older: what is younger was made by a build.
    since = Math.floor(Date.now() / 1000)
  })
  afterAll(async () => {
    for (const rung of rungs ?? []) await rung.close()
    await docker?.stop()
    await bases?.close()
    rmSync(folder, { recursive: true, force: true })
    writeRecording()
    print(docker?.version ?? '')
  })

  it.concurrent.for(allCases.map((one) => [one.name, one] as const))('%s', { timeout: 600_000 }, async ([, test], { skip }) => {
    const here = rungs.filter((rung) => shares[rung.share].has(test))
    if (here.length === 0) skip('it has no RUN, so rungs 1 and 2 tell for all')
    const given = await caseFolder(test, mkdtempSync(join(docker.shared, 'case-')), async (context) => {
      if ('writeContext' in test) {
        test.writeContext(context)
        giveToNobody(context)
      } else await writeEntries(context, test.context ?? usualContext)
    })
    try {
      const theirs = await buildTheirs(given, docker)
      if (theirs.kind === 'image' && 'keep' in test) await test.keep(theirs.image)
      const found: string[] = []
      for (const rung of here) found.push(...(await judge(test, theirs, await rung.build(plain(given)), rung, since)).map((text) => `${rung.name}: ${text}`))
      if (theirs.kind === 'image') await theirs.close()
      if (test.name.startsWith(digested) && test.fails === undefined) found.push(...(await differentDigests(plain(given), here)))
      expect(found).toEqual([])
    } finally {
      given.close()
      rmSync(given.folder, { recursive: true, force: true })
    }
  })
})

/** What another process may be told. */
function plain({ test, folder, context, dockerignore }: CaseFolder) {
  return { test: JSON.parse(JSON.stringify(test)) as Case, folder, context, dockerignore }
}

/** The cases that are built once more, with --reproducible: on the first rung twice, on the others once. */
const digested = 'files of RUN: '

async function differentDigests(given: Given, rungs: readonly Rung[]): Promise<readonly string[]> {
  const able = rungs.filter(({ number }) => [undefined, 'alike'].includes(onRung(number, given.test)?.kind))
  const found: (readonly [string, string])[] = []
  for (const rung of [...able.slice(0, 1), ...able]) {
    const ours = await rung.build({ ...given, reproducible: true })
    found.push([rung.name, ours.kind === 'image' ? await ours.image.digest() : ours.problem.message])
  }
  tally.digests += found.length
  const [first] = found
  return found.filter(([, digest]) => digest !== first?.[1]).map(([name, digest]) => `${name}: ${digest}, ${first?.[0]}: ${first?.[1]}`)
}

/** What is not as it should be. */
async function judge(test: Case, theirs: Theirs, ours: Ours, rung: Rung, since: number): Promise<readonly string[]> {
  const own = onRung(rung.number, test)
  if (own?.kind === 'refused') return judgeOwnRefusal(own.code, ours, rung)
  if (test.fails !== undefined) return judgeRefusal(test, test.fails, theirs, ours)
  if (theirs.kind === 'refused' || ours.kind === 'refused') return [told(theirs, ours)]
  const left = notTolerated(test, await compareImages(theirs.image, ours.image, since), own)
  if (left.length === 0) count(tally.equal, rung.name)
  return left
}

function judgeOwnRefusal(code: string, ours: Ours, rung: Rung): readonly string[] {
  if (ours.kind === 'image') return [`an image, where it had to refuse with ${code}`]
  if (ours.problem.diagnostic.code !== code) return [`refused with ${ours.problem.diagnostic.code}, where it had to be ${code}`]
  count(tally.own, rung.name)
  return []
}

function judgeRefusal(test: Case, { code, line }: NonNullable<Case['fails']>, theirs: Theirs, ours: Ours): readonly string[] {
  if (theirs.kind === 'image' || ours.kind === 'image') return [`both have to refuse; ${told(theirs, ours)}`]
  tally.refused.add(test.name)
  const { diagnostic } = ours.problem
  if (line === 0 || (diagnostic.code === code && diagnostic.at?.line === line)) return []
  return [`${diagnostic.code} in line ${diagnostic.at?.line}, where it had to be ${code} in line ${line}; ${told(theirs, ours)}`]
}

function told(theirs: Theirs, ours: Ours): string {
  return `BuildKit: ${theirs.kind === 'image' ? 'an image' : theirs.text.trim().split('\n').at(-1)}; ours: ${ours.kind === 'image' ? 'an image' : ours.problem.message}`
}

function count<Name>(counts: Map<Name, number>, name: Name): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

/** What no rule covers; and rules of the case that cover nothing, because they are not true any more. */
function notTolerated(test: Case, found: readonly Difference[], own: RungDifference | undefined): readonly string[] {
  const named = (test.tolerated ?? []).filter((name) => own?.kind !== 'alike' || own.spares !== name)
  const used = new Set<ToleratedName>()
  let ownUsed = false
  const left = found.filter((d) => {
    const name = [...named, ...everywhere].find((one) => (tolerated[one] as Tolerated).covers(d))
    if (name !== undefined) used.add(name)
    const covered = name === undefined && own?.kind === 'files' && own.covers(d)
    if (covered) ownUsed = true
    return name === undefined && !covered
  })
  for (const name of used) count(tally.tolerated, name)
  const idle = [...named.filter((name) => !used.has(name)), ...(own?.kind === 'files' && !ownUsed ? [own.difference] : [])]
  return [...left.map(showDifference), ...idle.map((name) => `tolerated for nothing: ${name}`)]
}

function print(version: string): void {
  const rungs = [...tally.equal].map(([name, count]) => `${name} ${count} equal`)
  const own = [...tally.own].map(([name, count]) => `${name} refuses ${count} by its nature`)
  const rules = [...tally.tolerated].map(([name, count]) => `${name} (${count})`)
  process.stdout.write(
    `parity: ${allCases.length} cases against Docker ${version}, ${[...rungs, ...own].join(', ')}, refused by both ${tally.refused.size}, tolerated: ${rules.join(', ') || 'nothing'}; with --reproducible ${tally.digests} builds had the digests of their cases\n`,
  )
}
