# A base for another CPU than the image is built for.
FROM acme/foreign:1
COPY README.md /
