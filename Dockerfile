# Builds from the source alone. deploy/image/ checks it where no registry can be reached.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY sdk/package.json sdk/
RUN npm ci
COPY . .
RUN npm run build

FROM node:24-slim AS release
WORKDIR /app
COPY --from=build /app/dist/release ./
# Maps and declarations are read by no process that serves.
RUN npm ci --omit=dev && find node_modules -name '*.map' -delete -o -name '*.d.ts' -delete -o -name '*.d.[cm]ts' -delete

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --from=release /app /app
RUN mkdir /data && chown node:node /data
USER node
# All that it writes, beside /tmp: the root file system can be read-only.
VOLUME /data
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 4000}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--disable-warning=ExperimentalWarning", "server/main.ts"]
