# The worker (and every other command) as an image: docker build -t forewarn .
FROM python:3.12-slim
WORKDIR /opt/forewarn
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY geofence geofence
COPY ingest ingest
COPY alerts alerts
COPY forewarn forewarn
COPY data data
RUN pip install --no-cache-dir -c constraints.txt . \
 && useradd --create-home forewarn && install -d -o forewarn /home/forewarn/gateway /home/forewarn/console
USER forewarn
# the rules are compiled for the machine when they first run, and kept here
VOLUME /home/forewarn/.cache
ENTRYPOINT ["forewarn"]
CMD ["run"]
