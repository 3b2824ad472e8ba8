FROM python:3.13-slim AS build
WORKDIR /source
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY emulator emulator
COPY migrations migrations
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .
# The base image's pip installs into the environment: one without its own is smaller.
RUN python -m venv --without-pip /opt/ses-emulator \
 && wheel="$(echo /wheels/*.whl)" \
 && pip --python /opt/ses-emulator/bin/python install --no-cache-dir --compile \
    --constraint constraints.txt "ses-emulator[postgresql] @ file://$wheel"

FROM python:3.13-slim
ARG VERSION=dev
LABEL org.opencontainers.image.title="ses-emulator" \
      org.opencontainers.image.description="Amazon SES on your own machine" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}"
COPY --from=build /opt/ses-emulator /opt/ses-emulator
ENV PATH=/opt/ses-emulator/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    SES_EMULATOR_HOST=0.0.0.0 \
    SES_EMULATOR_DATABASE_URL=sqlite:////data/ses-emulator.db
# The base image ships the standard library without bytecode, and the user below could not write it: without this,
# each start and each health check would compile the modules it imports.
RUN python -c "import emulator.cli, emulator.remote, emulator.server, emulator.http.serving, emulator.smtp.submission" \
 && useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin ses-emulator \
 && install --directory --owner=ses-emulator --group=ses-emulator /data
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8005 2525 2587
STOPSIGNAL SIGTERM
# Who waits for `service_healthy` waits one interval; a check takes some hundredths of a second.
HEALTHCHECK --interval=5s --timeout=5s --start-period=30s --retries=3 CMD ["ses-emulator", "health"]
ENTRYPOINT ["ses-emulator"]
CMD ["serve"]
