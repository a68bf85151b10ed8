/** The pipelines of the sample documents, run on this machine by the embedded engine. The engine buildx is in test/real/buildx. */
import { describe } from 'vitest'
import { documentOptions, documents } from './documents.ts'

describe('pipelines of the documents, on this machine', { ...documentOptions, timeout: 60_000 }, () => documents({ engine: 'embedded', env: () => ({}) }))
