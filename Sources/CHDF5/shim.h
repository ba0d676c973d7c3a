// HDF5 spells its constants as macros that call functions, which Swift cannot see: here they are functions.
#include <hdf5.h>
#include <hdf5_hl.h>
#include <stdbool.h>

static const hid_t limn_hdf5_default = H5P_DEFAULT;

/// Readies the library: nothing printed on errors, and no filters loaded from wherever a file names them.
static inline void limn_hdf5_prepare(void) {
  H5open();
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  H5PLset_loading_state(0);
}

/// Opens a file that lies in memory, read-only and without a copy.
static inline hid_t limn_hdf5_open_image(const void *bytes, size_t count) {
  return H5LTopen_file_image((void *)bytes, count, H5LT_FILE_IMAGE_DONT_COPY | H5LT_FILE_IMAGE_DONT_RELEASE);
}

/// Whether `name` lies in the group itself, rather than in another file or behind another name.
static inline bool limn_hdf5_has(hid_t group, const char *name) {
  H5L_info_t info;
  if (H5Lexists(group, name, H5P_DEFAULT) <= 0) return false;
  return H5Lget_info(group, name, &info, H5P_DEFAULT) >= 0 && info.type == H5L_TYPE_HARD;
}

static inline hid_t limn_hdf5_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t limn_hdf5_uint16(void) { return H5T_NATIVE_UINT16; }
static inline hid_t limn_hdf5_c_string(void) { return H5T_C_S1; }
static inline size_t limn_hdf5_variable(void) { return H5T_VARIABLE; }
static inline hid_t limn_hdf5_creating_datasets(void) { return H5P_DATASET_CREATE; }
static inline hid_t limn_hdf5_double(void) { return H5T_NATIVE_DOUBLE; }
