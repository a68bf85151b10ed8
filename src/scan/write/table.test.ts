import { expect, it } from 'vitest'
import type { Finding } from '../finding.ts'
import { findingsTable, type Grouping } from './table.ts'

const layers = [
  { diffId: 'sha256:a', createdBy: 'ADD rootfs /' },
  { diffId: 'sha256:b', createdBy: '/bin/sh -c npm install  # buildkit' },
]
const findings: readonly Finding[] = [
  {
    id: 'CVE-1',
    aliases: [],
    severity: 'critical',
    references: [],
    fixedVersion: '4.17.21',
    package: {
      type: 'npm',
      name: 'lodash',
      version: '4.17.1',
      locations: [
        { path: 'x', layer: 'sha256:b' },
        { path: 'y', layer: 'sha256:b' },
      ],
    },
  },
  {
    id: 'CVE-2',
    aliases: [],
    severity: 'low',
    references: [],
    package: { type: 'deb', name: 'openssl', version: '3', locations: [{ path: 'var/lib/dpkg/status', layer: 'sha256:a' }] },
  },
  {
    id: 'CVE-3',
    aliases: [],
    severity: 'low',
    references: [],
    package: { type: 'generic', name: 'odd\u001b[2J\nname', version: '', locations: [{ path: 'somewhere' }] },
  },
]
const table = (group: Grouping, more: object = {}) =>
  findingsTable(findings, { group, layers, paint: (_severity, text) => text, ...more }).map((line) => line.trimEnd())

it('shows the worst first, with what fixes it and the layer that brought it', () => {
  expect(table('severity', { isNew: (one: Finding) => one.id === 'CVE-1' })).toEqual([
    'SEVERITY    FLAW   PACKAGE   VERSION  FIXED IN  BROUGHT BY',
    'critical *  CVE-1  lodash    4.17.1   4.17.21   layer 2: npm install (2 places)',
    'low         CVE-2  openssl   3        -         layer 1: ADD rootfs /',
    'low         CVE-3  odd name           -         somewhere',
  ])
})

it('puts together what one package or one layer brought', () => {
  expect(table('layer').filter((line) => !line.startsWith(' ') && !/^(critical|low)/.test(line))).toEqual([
    'no layer',
    '',
    'layer 1: ADD rootfs /',
    '',
    'layer 2: npm install',
  ])
  expect(table('package')).toContain('lodash 4.17.1 (npm)')
})

it('fits a narrow terminal, colours severities, and is nothing without findings', () => {
  for (const line of table('severity', { columns: 40 })) expect(line.length).toBeLessThanOrEqual(40)
  expect(findingsTable(findings, { group: 'severity', layers, paint: (severity, text) => `<${severity}>${text}</>` })[1]).toMatch(
    /^<critical>critical *<\/> {2}CVE-1/,
  )
  expect(findingsTable([], { group: 'severity', layers, paint: (_severity, text) => text })).toEqual([])
})
