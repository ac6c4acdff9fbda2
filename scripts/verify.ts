process.argv.push('--fast');
await import('./test.ts');

export {};
