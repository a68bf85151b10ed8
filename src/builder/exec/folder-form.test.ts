/** Which builders may read each other's folders of layers. */
import { describe, expect, it } from 'vitest'
import { folderForm } from './folder-form.ts'

const machine = '         0          0 4294967295\n'
const range = '         0       1000          1\n         1     100000      65536\n'

describe('the form of folders of layers', () => {
  const root = folderForm({ overlayAttributes: 'trusted.overlay.', keepsOwners: false, maps: [machine, machine] })
  const copied = folderForm({ overlayAttributes: 'user.overlay.', keepsOwners: false, maps: [machine, machine] })
  const many = folderForm({ overlayAttributes: 'user.overlay.', keepsOwners: false, maps: [range, range] })
  const one = folderForm({ overlayAttributes: 'user.overlay.', keepsOwners: true, maps: ['0 1000 1', '0 1000 1'] })
  const other = folderForm({ overlayAttributes: 'user.overlay.', keepsOwners: true, maps: ['0 1001 1', '0 1001 1'] })

  it('is another one wherever owners or white-outs are told otherwise', () => {
    expect(root).toBe('')
    expect(new Set([root, copied, many, one, other]).size).toBe(5)
  })

  it('does not hang on how the kernel pads its numbers', () => {
    expect(folderForm({ overlayAttributes: 'user.overlay.', keepsOwners: true, maps: ['  0   1000\t1\n', ' 0 1000 1'] })).toBe(one)
  })
})
