export { default } from '../(entry)/layout.tsx';
