/** Our own pipelines, one per behaviour that the sample documents show: what is said about each, and its plan. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { goldenJson } from '../support/golden.ts'
import { planText } from './plan-text.ts'
import { portrait } from './portrait.ts'

/** `LINE:COLUMN CODE`, by line. A file that is not here says nothing. */
const findings: Readonly<Record<string, readonly string[]>> = {
  'gp-02-build-once-vm.yaml': [
    '40:48 JOB_SOURCE_ALIAS',
    '40:48 JOB_SOURCE_ALIAS',
    '40:48 JOB_SOURCE_ALIAS',
    '40:48 JOB_SOURCE_ALIAS',
    '70:41 SETTINGS_NO_EFFECT',
  ],
  'gp-03-build-once-kubernetes.yaml': [
    '39:48 SETTINGS_BEYOND_ORIGINAL',
    '39:48 JOB_SOURCE_ALIAS',
    '39:48 SETTINGS_BEYOND_ORIGINAL',
    '39:48 JOB_SOURCE_ALIAS',
    '39:48 SETTINGS_BEYOND_ORIGINAL',
    '39:48 JOB_SOURCE_ALIAS',
    '39:48 SETTINGS_BEYOND_ORIGINAL',
    '39:48 JOB_SOURCE_ALIAS',
    '69:41 SETTINGS_NO_EFFECT',
  ],
  'gp-05-archives-kubernetes.yaml': [
    '31:46 SETTINGS_NO_EFFECT',
    '46:44 SETTINGS_BEYOND_ORIGINAL',
    '47:46 SETTINGS_NO_EFFECT',
    '60:46 SETTINGS_NO_EFFECT',
    '72:45 SETTINGS_BEYOND_ORIGINAL',
    '73:51 SETTINGS_BEYOND_ORIGINAL',
    '74:46 SETTINGS_NO_EFFECT',
  ],
  'gp-07-steps-missing.yaml': ['17:13 MODEL_STEPS_MISSING'],
  'gp-10-gar-flags.yaml': ['23:27 JOB_HOST_HAS_PATH', '36:50 SETTINGS_NO_EFFECT', '37:43 SETTINGS_NO_EFFECT', '38:40 SETTINGS_UNKNOWN_VARIABLE'],
  'gp-14-ssh.yaml': ['20:19 PLAN_SETTING_WITHOUT_EFFECT'],
  'gp-15-skip-if-exists.yaml': ['22:13 SETTINGS_BEYOND_ORIGINAL'],
  'gp-17-skip-verify.yaml': ['26:47 SETTINGS_VALUE_COERCED'],
}

const folder = new URL('./own/', import.meta.url)
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .sort()

describe('our own pipelines', () => {
  it('are one per golden pipeline of the documents, at least', () => {
    const golden = Array.from({ length: 17 }, (_, i) => `gp-${String(i + 1).padStart(2, '0')}`)
    expect(golden.filter((id) => !names.some((name) => name.startsWith(id)))).toEqual([])
  })

  it.each(names)('%s validates and plans', (name) => {
    const text = readFileSync(new URL(name, folder), 'utf8')
    const { diagnostics, plan } = planText(name, text)
    const found = diagnostics.map((d) => `${d.at?.line}:${d.at?.col} ${d.code}`)
    expect(found.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))).toEqual(findings[name] ?? [])
    expect(plan).toBeDefined()
    goldenJson(new URL(`./testdata/own/${name.replace('.yaml', '.json')}`, import.meta.url), portrait(name, text))
  })
})
