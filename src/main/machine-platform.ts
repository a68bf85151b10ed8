/** What this machine runs by itself: Linux and its CPU. */
import { normalPlatform, type Platform } from '../oci/platform.ts'

export const machinePlatform: Platform = normalPlatform({ os: 'linux', architecture: process.arch })
