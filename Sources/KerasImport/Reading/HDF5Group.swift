import CHDF5

/// A group of an HDF5 file: members by name, and attributes.
///
/// Only to be used within ``HDF5Library/exclusively(_:)``.
struct HDF5Group {
  private let handle: HDF5Handle
  /// Kept open for as long as any of its groups.
  private let file: HDF5Handle
  /// Where the group lies, for errors.
  let path: String

  /// The root of a file that lies in memory, which must outlive it; `nil` where it is no sound HDF5 file.
  init?(image: UnsafeRawBufferPointer) {
    guard let base = image.baseAddress,
      let file = HDF5Handle(limn_hdf5_open_image(base, image.count), closing: H5Fclose),
      let root = HDF5Handle(H5Gopen2(file.id, "/", limn_hdf5_default), closing: H5Gclose)
    else { return nil }
    (handle, self.file, path) = (root, file, "")
  }

  private init(_ handle: HDF5Handle, in file: HDF5Handle, path: String) {
    (self.handle, self.file, self.path) = (handle, file, path)
  }

  /// The group below this one; `nil` where there is none.
  func group(_ name: String) -> HDF5Group? {
    guard let place = place(of: name), limn_hdf5_has(place.group.handle.id, place.name),
      let opened = HDF5Handle(H5Gopen2(place.group.handle.id, place.name, limn_hdf5_default), closing: H5Gclose)
    else { return nil }
    return HDF5Group(opened, in: file, path: path + "/" + name)
  }

  /// The array of this name; `nil` where there is none.
  func dataset(_ name: String) -> HDF5Dataset? {
    guard let place = place(of: name), limn_hdf5_has(place.group.handle.id, place.name),
      let opened = HDF5Handle(H5Dopen2(place.group.handle.id, place.name, limn_hdf5_default), closing: H5Dclose)
    else { return nil }
    return HDF5Dataset(opened)
  }

  /// The strings of an attribute: one, or a list; `nil` where there is no such attribute of strings.
  ///
  /// Lists too long for one attribute are kept in several that are numbered.
  func strings(_ name: String) -> [String]? {
    if let attribute = HDF5Attribute(name, of: handle) { return attribute.strings }
    var (all, part): ([String], Int) = ([], 0)
    while let attribute = HDF5Attribute("\(name)\(part)", of: handle), let strings = attribute.strings {
      all += strings
      part += 1
    }
    return part > 0 ? all : nil
  }

  /// The names of all members, in alphabetical order.
  var members: [String] {
    var info = H5G_info_t()
    guard H5Gget_info(handle.id, &info) >= 0 else { return [] }
    return (0..<min(info.nlinks, 1 << 20)).compactMap { index in
      var name = [CChar](repeating: 0, count: 1024)
      let length = H5Lget_name_by_idx(
        handle.id, ".", H5_INDEX_NAME, H5_ITER_INC, index, &name, name.count, limn_hdf5_default)
      guard length > 0, length < name.count else { return nil }
      return String(decoding: name.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
  }

  /// The group that the last component of a path lies in; each step on the way must be in this file itself.
  private func place(of path: String) -> (group: HDF5Group, name: String)? {
    let parts = path.split(separator: "/").map(String.init)
    guard let last = parts.last, !parts.contains(where: { $0 == "." || $0 == ".." }) else { return nil }
    var group = self
    for part in parts.dropLast() {
      guard limn_hdf5_has(group.handle.id, part),
        let next = HDF5Handle(H5Gopen2(group.handle.id, part, limn_hdf5_default), closing: H5Gclose)
      else { return nil }
      group = HDF5Group(next, in: file, path: group.path + "/" + part)
    }
    return (group, last)
  }
}
