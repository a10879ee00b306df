# CPack runs this on the files about to be packed, and makes them as Debian wants them: manual pages and changelogs are
# compressed, and the package's own changelog is written.
set(share ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/share)
set(doc ${share}/doc/mergarium)
file(RENAME ${doc}/CHANGELOG.md ${doc}/changelog)
file(WRITE ${doc}/changelog.Debian "mergarium (${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) unstable; urgency=medium

  * Built from commit ${MERGARIUM_COMMIT}; changelog.gz tells what is new.

 -- ${CPACK_DEBIAN_PACKAGE_MAINTAINER}  ${MERGARIUM_DATE}
")
file(GLOB pages ${share}/man/man1/*.1)
execute_process(COMMAND gzip -9nf ${pages} ${doc}/changelog ${doc}/changelog.Debian COMMAND_ERROR_IS_FATAL ANY)
