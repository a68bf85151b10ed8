import { describe, expect, it } from 'vitest'
import { known } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import { isNative } from './env-name.ts'
import { type ImageSettings, imageSettings, rows, type SettingKey, settingKeys, topics } from './image-settings.ts'
import { knownNames, lookupFor } from './lookup.ts'
import { envFrom, readEnv } from './read-env.ts'
import { settingCounts } from './reference.ts'
import { type Kind, toolsOf } from './row.ts'
import { addedNames, classicNames, kanikoNames } from './testdata/reference-names.ts'
import { families } from './vocabulary.ts'

const samples: Readonly<Record<Kind, readonly [Text, unknown]>> = {
  text: ['some text', 'some text'],
  flag: ['t', true],
  count: ['3', 3],
  list: ['a, b', ['a', 'b']],
  semicolons: ['a,b; c', ['a,b', 'c']],
  specs: ['type=registry,ref=r/c;x, y', ['type=registry,ref=r/c', 'x', 'y']],
  hosts: ['true', ['*']],
  pairs: [
    'a=1,b=2=3',
    [
      { name: 'a', value: '1' },
      { name: 'b', value: '2=3' },
    ],
  ],
  'semicolon-pairs': [
    'a=1,2;b=3',
    [
      { name: 'a', value: '1,2' },
      { name: 'b', value: '3' },
    ],
  ],
}

function plannedValue(settings: ImageSettings, key: SettingKey): unknown {
  return settings[key]?.value
}

describe('the table of image settings', () => {
  it('holds every name of the original plugins', () => {
    const missing = [...kanikoNames, ...classicNames, ...addedNames].filter((name) => !knownNames.includes(name))
    expect(missing).toEqual([])
  })

  it('holds no name twice for one family', () => {
    for (const family of families) {
      const claimed = settingKeys.flatMap((key) => new Set((rows[key]?.env ?? []).filter((n) => isNative(n, family)).map((n) => n.name)).values().toArray())
      expect(claimed.length, `${family.tool}/${family.variant}`).toBe(new Set(claimed).size)
    }
  })

  it('has no row twice, and no topic that hides another', () => {
    const all = Object.values(topics).flatMap((topic) => Object.keys(topic))
    expect(all.length).toBe(Object.keys(imageSettings).length)
  })

  it('can be read and written in every family', () => {
    for (const family of families) for (const key of settingKeys) expect(lookupFor(family).namesOf.get(key)?.length, key).toBeGreaterThan(0)
  })

  it('has the counts the documentation gives', () => {
    const counts = settingCounts()
    expect(counts.rows).toBe(settingKeys.length)
    expect(counts.pluginNames).toBeGreaterThanOrEqual(139)
  })

  it('knows which tools do something with a name in the original', () => {
    expect(toolsOf(imageSettings.cacheDir)).toEqual([])
    expect(toolsOf(imageSettings.sshAgentKey)).toEqual(['docker'])
    expect(toolsOf(imageSettings.dockerfile)).toEqual(['docker', 'buildx', 'kaniko'])
  })
})

describe.each(settingKeys)('the row %s', (key) => {
  it('reads each of its names in each family that has it', () => {
    const [text, value] = samples[rows[key]?.kind ?? 'text']
    for (const family of families) {
      for (const name of lookupFor(family).namesOf.get(key) ?? []) {
        const reading = readEnv(envFrom({ [name]: text }, 'step-env'), family)
        expect(reading.diagnostics).toEqual([])
        expect(Object.keys(reading.settings)).toEqual([key])
        expect(plannedValue(reading.settings, key)).toEqual(known(value))
      }
    }
  })
})
