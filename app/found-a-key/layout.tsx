export { EntryLayout as default } from '#app/_entry/entry-layout.tsx';
