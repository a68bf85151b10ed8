/** What the operating system refuses is told with the file and a way out; anything else stays a defect. */
import { mkdirSync, openSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { tempProject } from '../../test/support/temp-project.ts'
import { machineRefusal } from './machine-refusal.ts'

function errorOf(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error('it went well')
}

it('names the call, the file, the reason and what to do', () => {
  const error = Object.assign(new Error("EACCES: permission denied, mkdir '/data/build'"), { code: 'EACCES', syscall: 'mkdir', path: '/data/build' })
  expect(machineRefusal(error)).toMatchObject({
    code: 'MACHINE_REFUSES',
    message: 'the machine refuses to mkdir /data/build: permission denied',
    hint: expect.stringContaining('SLIPWAY_HOME'),
  })
})

it('names both files of a move, and none where the system names none', () => {
  const move = Object.assign(new Error(''), { code: 'ENOSPC', syscall: 'rename', path: '/a', dest: '/b' })
  expect(machineRefusal(move)?.message).toBe('the machine refuses to rename /a to /b: no space is left on the device')
  const write = Object.assign(new Error(''), { code: 'ENOSPC', syscall: 'write' })
  expect(machineRefusal(write)?.message).toBe('the machine refuses to write a file: no space is left on the device')
})

it('says nothing of files that are not there, of errors of the network, and of defects', () => {
  const { dir } = tempProject()
  mkdirSync(join(dir, 'full/of/something'), { recursive: true })
  expect(machineRefusal(errorOf(() => openSync(join(dir, 'absent'), 'r')))).toBeUndefined()
  expect(machineRefusal(errorOf(() => renameSync(join(dir, 'full'), join(dir, 'full/of'))))).toBeUndefined()
  expect(machineRefusal(Object.assign(new Error(''), { code: 'ECONNREFUSED', syscall: 'connect' }))).toBeUndefined()
  expect(machineRefusal(new TypeError('x is not a function'))).toBeUndefined()
  expect(machineRefusal('text')).toBeUndefined()
})
