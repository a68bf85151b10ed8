/** What comes after a push, and around a build, with the embedded engine. The engine buildx is in test/real/buildx. */
import { describe } from 'vitest'
import { laterOptions, laterSteps } from './later-steps.ts'

describe('around a build', { ...laterOptions, timeout: 60_000 }, () => laterSteps({ engine: 'embedded', env: () => ({}) }))
