/// One of the eight ways in which an image can lie in an array: mirrored, transposed, or both.
struct Turn {
  /// Applied last.
  let transposes: Bool
  let mirrorsRows: Bool, mirrorsColumns: Bool

  /// As it is first.
  static let all = [false, true].flatMap { transposes in
    [false, true].flatMap { rows in
      [false, true].map { Turn(transposes: transposes, mirrorsRows: rows, mirrorsColumns: $0) }
    }
  }

  /// What undoes it.
  var undone: Turn {
    Turn(
      transposes: transposes, mirrorsRows: transposes ? mirrorsColumns : mirrorsRows,
      mirrorsColumns: transposes ? mirrorsRows : mirrorsColumns)
  }
}

extension RegionMap {
  /// A map of rows and columns, `[1, 1, height, width]`, mirrored and transposed; others as they are.
  func turned(_ turn: Turn) -> RegionMap {
    guard rank == 4, extents[0] == 1, extents[1] == 1 else { return self }
    var map = self
    if turn.mirrorsRows { map = map.picking((0..<extents[2]).reversed(), along: 2) }
    if turn.mirrorsColumns { map = map.picking((0..<extents[3]).reversed(), along: 3) }
    return turn.transposes ? map.transposed([0, 1, 3, 2]) : map
  }
}
