/**
 * Makes `src/builder/exec/keeper/programs.ts` of `keeper.c` and its parts, for both CPUs. Needs Debian's gcc and gcc-aarch64-linux-gnu of the version
 * named in `tools/support/compile-static.ts`. `--check` only tells whether the two belong together.
 */
import { compileStatic } from '../support/compile-static.ts'

compileStatic({ folder: 'src/builder/exec/keeper', source: 'keeper.c', constant: 'keeperTexts', tool: 'tools/keeper/build.ts' })
