# What desktops and people find beside the programs; the programs and libraries are installed where they are built.
include(GNUInstallDirs)
set(desktop ${PROJECT_SOURCE_DIR}/packaging/desktop)
set(icons ${PROJECT_SOURCE_DIR}/resources/icons)
if(MERGARIUM_BUILD_UI)
  install(FILES ${desktop}/mergarium.desktop DESTINATION ${CMAKE_INSTALL_DATADIR}/applications)
  install(FILES ${desktop}/org.mergarium.mergarium.metainfo.xml DESTINATION ${CMAKE_INSTALL_DATADIR}/metainfo)
  install(FILES ${desktop}/mergarium.xml DESTINATION ${CMAKE_INSTALL_DATADIR}/mime/packages)
  install(FILES ${icons}/mergarium.svg DESTINATION ${CMAKE_INSTALL_DATADIR}/icons/hicolor/scalable/apps)
  foreach(size 16 24 32 48 64 128 256 512)
    install(FILES ${icons}/mergarium-${size}.png
      DESTINATION ${CMAKE_INSTALL_DATADIR}/icons/hicolor/${size}x${size}/apps RENAME mergarium.png)
  endforeach()
endif()
# For people.
install(FILES README.md SECURITY.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN *.md)
install(FILES packaging/debian/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})

# packaging/package calls CPack, and adds the version of the package and who made it.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME mergarium)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/debian.cmake)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "studio for evolving AI models by merging existing ones")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"An archive of models competes for scored samples as for scarce resources.
Parents are drawn by what one can do that the other can't, a child is cut
together from both, and a good child takes the place of the weakest member.
There is no training and no gradient: only forward passes. The method is M2N2,
Model Merging of Natural Niches.

Mergarium evolves digit classifiers, language models of the Llama family,
and, with a program of yours as the judge, any model in safetensors files. It
runs in a window or on the command line. Every run is stored and can be
resumed.")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR}/${MERGARIUM_LIBRARIES})
# Loaded by name, and not linked (core/startup/tuned_libraries.h). Other packages of libblas.so.3 are 40 times slower.
set(CPACK_DEBIAN_PACKAGE_DEPENDS libopenblas0-openmp)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "qt6-wayland")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "python3, nats-server")
include(CPack)
