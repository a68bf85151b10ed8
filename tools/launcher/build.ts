/** Makes `src/adapters/infra/kubernetes/launcher/programs.ts` of `launcher.c`, as `tools/keeper/build.ts` makes the keeper. */
import { compileStatic } from '../support/compile-static.ts'

compileStatic({
  folder: 'src/adapters/infra/kubernetes/launcher',
  source: 'launcher.c',
  constant: 'launcherTexts',
  tool: 'tools/launcher/build.ts',
})
