/** Every step type in every mode, with its variables at the step and at the stage: one table says what comes of it. Engine embedded; buildx is in test/real/buildx. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { type Fleet, startFleet } from '../support/cloud/fleet.ts'
import { cases } from './cases.ts'
import { pretendedDocker } from './docker-aside.ts'
import { runCase } from './run-case.ts'

let fleet: Fleet
let home: string
beforeAll(async () => {
  fleet = await startFleet()
  home = mkdtempSync(join(tmpdir(), 'slipway-matrix-'))
})
afterAll(async () => {
  await fleet?.stop()
  rmSync(home, { recursive: true, force: true })
})

describe('image steps on the embedded engine', () => {
  it.each(cases('embedded'))('$row.type: $mode.name, said at the $level', async (one) => {
    await runCase(one, { fleet, engine: 'embedded', home, docker: pretendedDocker })
  })
})
