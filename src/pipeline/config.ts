/** The configuration file (`.slipway/config.yaml`): registry hosts, connectors, feature flags, preferences. */
import { bytesPattern, readBytes } from '../base/read-bytes.ts'
import { list, mapOf } from '../yaml/shape/collections.ts'
import { anyOf, mapped } from '../yaml/shape/combine.ts'
import { optional, required } from '../yaml/shape/field.ts'
import { record } from '../yaml/shape/record.ts'
import type { ShapeType } from '../yaml/shape/shape.ts'
import { choice, text } from '../yaml/shape/text.ts'
import { flag, integer } from '../yaml/shape/values.ts'
import { connectorDocument } from './connector.ts'

const host = record(
  {
    match: required(text({ nonEmpty: true, doc: 'Registry host, exact or with *: docker.io, *.dkr.ecr.*.amazonaws.com.' })),
    endpoint: optional(text({ nonEmpty: true, doc: 'Where its requests go: a URL, perhaps with a path, or embedded:NAME.' })),
    plainHttp: optional(flag()),
    skipVerify: optional(flag()),
    ca: optional(text({ doc: 'File with the certificate authority, PEM.' })),
    clientCert: optional(text({ doc: 'File with a certificate to show to the host, PEM; needs clientKey.' })),
    clientKey: optional(text({ doc: 'File with the key of clientCert, PEM.' })),
    mirrors: optional(list(text({ nonEmpty: true }), { doc: 'URLs to look for images first when pulling, in this order.' })),
    mirrorsOnly: optional(flag({ doc: 'Pull from the mirrors or not at all.' })),
  },
  { name: 'HostRule', doc: 'Sends a registry host somewhere else: a mirror, a test registry.' },
)

/** `25 KB`, `5 MB`. */
const amount = (doc: string) => mapped(text({ pattern: bytesPattern, patternName: 'an amount of bytes such as 25 KB', doc }), readBytes)

const logs = record(
  {
    line: optional(amount('A longer line of output is cut there, with a mark.')),
    step: optional(amount('Of a step that says more, the beginning and the end are kept.')),
  },
  { name: 'LogLimits', doc: 'Limits of the logs of steps. Without them logs are whole.' },
)

const scan = record(
  {
    scanner: optional(choice(['osv', 'trivy'], { doc: 'osv, which is built in, or the trivy program.' })),
    db: optional(text({ nonEmpty: true, doc: 'Folder or archive of advisories for osv, instead of those that were imported.' })),
    trivy: optional(text({ nonEmpty: true, doc: 'The trivy program. Without it PATH is searched.' })),
    trivyImage: optional(text({ nonEmpty: true, doc: 'An image that holds the program: it is taken out and run here.' })),
    trivyCache: optional(text({ nonEmpty: true, doc: 'The folder in which trivy keeps its database; as for trivy itself when nothing is said.' })),
    maxAgeDays: optional(integer({ min: 1, doc: 'How old a database may be. An older one is an error.' })),
    withoutDatabase: optional(choice(['error', 'not-scanned'], { doc: 'What a scan without a usable database is: an error, or no scan at all.' })),
    baselines: optional(mapOf(text({ nonEmpty: true }), { doc: 'By target, the variant that its other variants are compared with.' })),
  },
  { name: 'ScanSettings', doc: 'How images are scanned.' },
)

export const configDocument = record(
  {
    hosts: optional(list(host)),
    connectors: optional(list(anyOf({ map: connectorDocument, scalar: text({ doc: 'A folder of connector files.' }) }))),
    flags: optional(mapOf(flag()), new Map()),
    engine: optional(choice(['embedded', 'buildx', 'kaniko'])),
    kanikoImage: optional(text({ nonEmpty: true, doc: 'What the engine kaniko runs in, instead of the image of its last release.' })),
    store: optional(text()),
    logs: optional(logs),
    scan: optional(scan),
  },
  { name: 'Configuration', doc: 'Settings of Slipway beside a pipeline, or in the data folder.' },
)

export type Config = ShapeType<typeof configDocument>
export type HostSetting = ShapeType<typeof host>
