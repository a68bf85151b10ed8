/** RUN for another CPU: through a registered interpreter, or refused with both names. */
import { describe, expect, it } from 'vitest'
import { tempProject } from '../../../test/support/temp-project.ts'
import { sourceFile } from '../../text/source-file.ts'
import { checkCpu } from './foreign-cpu.ts'

const at = sourceFile('Dockerfile', 'RUN x').span(0)
const on = (architecture: string) => ({ os: 'linux', architecture })
const handler = (flags: string, state = 'enabled') => `${state}\ninterpreter /usr/bin/qemu-aarch64-static\nflags: ${flags}\noffset 0\n`

describe('RUN for another CPU', () => {
  it('is not asked about for the same one, and for its 32-bit programs', () => {
    expect(() => checkCpu(on('amd64'), on('amd64'), at, { handlers: '/nowhere' })).not.toThrow()
    expect(() => checkCpu(on('386'), on('amd64'), at, { handlers: '/nowhere' })).not.toThrow()
  })

  it('needs an interpreter that is found outside the image', () => {
    const refused = 'RUN for linux/arm64 is not possible on this machine, which is linux/amd64'
    expect(() => checkCpu(on('arm64'), on('amd64'), at, { handlers: '/nowhere' })).toThrow(`${refused}: no interpreter is registered`)
    const { dir } = tempProject({ 'qemu-aarch64': handler('F'), 'qemu-arm': handler('OC'), 'qemu-s390x': handler('F', 'disabled') })
    expect(() => checkCpu(on('arm64'), on('amd64'), at, { handlers: dir })).not.toThrow()
    expect(() => checkCpu(on('arm'), on('amd64'), at, { handlers: dir })).toThrow('without the flag F')
    expect(() => checkCpu(on('s390x'), on('amd64'), at, { handlers: dir })).toThrow('no interpreter is registered')
  })
})
