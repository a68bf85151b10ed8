/** `node tools/docs/check-links.ts`: prints every link and named path that leads nowhere. */
import { root } from '../support/root.ts'
import { brokenLinks, missingPaths } from './links.ts'

const complaints = [...brokenLinks(root), ...['ARCHITECTURE.md', 'CONTRIBUTING.md'].flatMap((page) => missingPaths(root, page))]
for (const complaint of complaints) process.stdout.write(`${complaint}\n`)
process.stdout.write(`${complaints.length} broken links\n`)
process.exitCode = complaints.length === 0 ? 0 : 1
