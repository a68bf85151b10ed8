import { chmodSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { findProgram, real } from './real.ts'
import { tempProject } from './temp-project.ts'

describe('real programs', () => {
  it('are found on PATH, with their version', () => {
    const project = tempProject({ 'bin/tool': '#!/bin/sh\necho "tool 1.2 $1"\n', 'bin/plain': '' })
    chmodSync(project.path('bin/tool'), 0o755)
    const env = { PATH: project.path('bin') }
    expect(real('tool', { env })).toMatchObject({
      path: project.path('bin/tool'),
      version: 'tool 1.2 --version',
      options: { meta: { promise: { where: 'ci' } } },
    })
    expect(findProgram('plain', env)).toBeUndefined()
  })

  it('come with a reason when they are missing and may not be installed', () => {
    const env = { PATH: '/nowhere', SLIPWAY_REAL_INSTALL: '0' }
    const missing = 'no-such-tool is not on PATH; SLIPWAY_REAL_INSTALL=0 forbids installing no-such-package'
    expect(real('no-such-tool', { apt: 'no-such-package', env })).toMatchObject({ missing, options: { skip: true, meta: { because: missing } } })
    expect(real('no-such-tool', { env }).missing).toContain('no package is known')
  })
})
