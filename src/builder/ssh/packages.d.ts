/** Packages without types of their own. */
declare module 'ssh2'
