/** For tests: nobody to carry out steps in images. */
import { rm } from 'node:fs/promises'
import type { ImageSteps } from './image/image-job.ts'

export function noImages(): ImageSteps {
  return {
    run: async () => Promise.reject(new Error('no images here')),
    remove: (folder) => rm(folder, { recursive: true, force: true }),
    close: async () => undefined,
  }
}
