/** GNU tar, where tests want an independent writer or reader of archives. */
import { spawnSync } from 'node:child_process'
import { needs } from './skip.ts'

const probe = spawnSync('tar', ['--version'], { encoding: 'utf8' })

/** Options of a test or suite that runs the program. */
export const gnuTar = needs(probe.status === 0 && probe.stdout.includes('GNU tar'), 'GNU tar is not installed')
