/**
 * The same Dockerfile and context through the embedded builder, on each rung of its sandbox, and through a current BuildKit: configuration, history
 * and files have to be equal, but for what `tolerated.ts` names. Needs root, and a mirror of Debian packages the first time.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { real } from '../../support/real.ts'
import { needs, promised } from '../../support/skip.ts'
import { type ChrootedDocker, dockerRoot, startChrootedDocker } from '../support/chrooted-docker.ts'
import { debianRoot } from '../support/debian-root.ts'
import { type Bases, startBases } from './bases.ts'
import type { Case } from './case.ts'
import { caseFolder } from './case-folder.ts'
import { allCases } from './cases/all.ts'
import { writeRecording } from './cases/recorded.ts'
import { compareImages, type Difference, showDifference } from './compare.ts'
import { usualContext, writeEntries } from './context.ts'
import { buildOurs, type Rung } from './ours.ts'
import { rungsOfRoot } from './rungs.ts'
import { buildTheirs } from './theirs.ts'
import { everywhere, type Tolerated, type ToleratedName, tolerated } from './tolerated.ts'

const busybox = real('busybox', { apt: 'busybox-static', version: ['busybox'] })
const engine = dockerRoot()
const debian = debianRoot('bookworm', ['attr', 'libcap2-bin'])
const missing = busybox.missing ?? engine.missing ?? debian.missing

const tally = { equal: new Map<string, number>(), refused: new Set<string>(), tolerated: new Map<ToleratedName, number>() }

describe('parity with a current BuildKit', promised('ci', needs(missing === undefined, missing ?? '')), () => {
  let folder: string
  let bases: Bases
  let docker: ChrootedDocker
  let rungs: readonly Rung[]
  let since = 0
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-parity-'))
    bases = await startBases({ folder, busybox: busybox.path, debian: debian.folder ?? '' })
    docker = await startChrootedDocker(engine.folder ?? '', { mirror: bases.mirror })
    rungs = await rungsOfRoot(folder)
    // The bases are older: what is younger was made by a build.
    since = Math.floor(Date.now() / 1000)
  })
  afterAll(async () => {
    await docker?.stop()
    await bases?.close()
    rmSync(folder, { recursive: true, force: true })
    writeRecording()
    print(docker?.version ?? '')
  })

  it.concurrent.each(allCases.map((one) => [one.name, one] as const))('%s', async (_name, test) => {
    const given = await caseFolder(test, mkdtempSync(join(docker.shared, 'case-')), async (context) => {
      if ('writeContext' in test) test.writeContext(context)
      else await writeEntries(context, test.context ?? usualContext)
    })
    try {
      const theirs = await buildTheirs(given, docker)
      if (theirs.kind === 'image' && 'keep' in test) await test.keep(theirs.image)
      for (const rung of rungs) {
        const ours = await buildOurs(given, rung, bases)
        if (test.fails === undefined && theirs.kind === 'image' && ours.kind === 'image') {
          const found = await compareImages(theirs.image, ours.image, since)
          expect(notTolerated(test, found, `on ${rung.name}`)).toEqual([])
          tally.equal.set(rung.name, (tally.equal.get(rung.name) ?? 0) + 1)
        } else judgeRefusal(test, theirs, ours)
      }
      if (theirs.kind === 'image') await theirs.close()
    } finally {
      given.close()
      rmSync(given.folder, { recursive: true, force: true })
    }
  })
})

function judgeRefusal(test: Case, theirs: Awaited<ReturnType<typeof buildTheirs>>, ours: Awaited<ReturnType<typeof buildOurs>>): void {
  const told = theirs.kind === 'image' ? 'an image' : theirs.text.trim().split('\n').at(-1)
  if (test.fails === undefined) {
    expect([`BuildKit: ${told}`, `ours: ${ours.kind === 'image' ? 'an image' : ours.problem.message}`]).toEqual([])
    return
  }
  if (theirs.kind === 'image' || ours.kind === 'image') {
    expect([`BuildKit: ${told}`, `ours: ${ours.kind === 'image' ? 'an image' : ours.problem.message}`]).toEqual(['both refuse'])
    return
  }
  const { code, at } = ours.problem.diagnostic
  if (test.fails.line > 0) expect([`${code} in line ${at?.line}`, told]).toEqual([`${test.fails.code} in line ${test.fails.line}`, told])
  tally.refused.add(test.name)
}

/** What no rule covers; and rules of the case that cover nothing, because they are not true any more. */
function notTolerated(test: Case, found: readonly Difference[], where: string): readonly string[] {
  const named = test.tolerated ?? []
  const used = new Set<ToleratedName>()
  const left = found.filter((d) => {
    const name = [...named, ...everywhere].find((one) => (tolerated[one] as Tolerated).covers(d))
    if (name !== undefined) used.add(name)
    return name === undefined
  })
  for (const name of used) tally.tolerated.set(name, (tally.tolerated.get(name) ?? 0) + 1)
  const idle = named.filter((name) => !used.has(name))
  return [...left.map((d) => `${where}: ${showDifference(d)}`), ...idle.map((name) => `${where}: tolerated for nothing: ${name}`)]
}

function print(version: string): void {
  const rungs = [...tally.equal].map(([name, count]) => `${name} ${count} equal`)
  const rules = [...tally.tolerated].map(([name, count]) => `${name} (${count})`)
  process.stdout.write(
    `parity: ${allCases.length} cases against Docker ${version}, ${rungs.join(', ')}, refused by both ${tally.refused.size}, tolerated: ${rules.join(', ') || 'nothing'}\n`,
  )
}
