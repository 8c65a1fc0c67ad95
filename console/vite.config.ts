import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// In development `vite console` serves the pages and hands everything that is the server's to `npm start`.
const server = process.env.BEHALF_URL ?? 'http://127.0.0.1:3000'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // The served CSP allows no inline script; small pictures may stay inline (`img-src data:`).
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 500,
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': server, '/sign-in': server, '/connect': server },
  },
})
