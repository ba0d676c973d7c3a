/// Maps of doubles, `[channels][height][width]`, and layers on them written out in loops.
struct Maps {
  var values: [Double]
  let channels: Int
  let height: Int
  let width: Int

  init(_ values: [Double], _ channels: Int, _ height: Int, _ width: Int) {
    (self.values, self.channels, self.height, self.width) = (values, channels, height, width)
  }

  /// A value, zero outside.
  subscript(c: Int, y: Int, x: Int) -> Double {
    (0..<height).contains(y) && (0..<width).contains(x) ? values[(c * height + y) * width + x] : 0
  }

  func map(_ function: (Double) -> Double) -> Maps { Maps(values.map(function), channels, height, width) }

  func mapChannels(_ function: (Int, Double) -> Double) -> Maps {
    Maps(values.indices.map { function($0 / (height * width), values[$0]) }, channels, height, width)
  }

  static func + (a: Maps, b: Maps) -> Maps {
    Maps(zip(a.values, b.values).map { $0 + $1 }, a.channels, a.height, a.width)
  }

  /// These maps, then those of `other`.
  func joined(with other: Maps) -> Maps {
    precondition(height == other.height && width == other.width)
    return Maps(values + other.values, channels + other.channels, height, width)
  }

  /// `weights[o][i][ky][kx]`, `i` counting within the group.
  func convolved(
    _ weights: [Double], _ bias: [Double]?, channels outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    groups: Int = 1
  ) -> Maps {
    let (rows, columns) = ((height + 2 * padding - kernel) / stride + 1, (width + 2 * padding - kernel) / stride + 1)
    let (inputs, perGroup) = (channels / groups, outputs / groups)
    var result: [Double] = []
    for o in 0..<outputs {
      for y in 0..<rows {
        for x in 0..<columns {
          var sum = bias?[o] ?? 0
          for i in 0..<inputs {
            for ky in 0..<kernel {
              for kx in 0..<kernel {
                sum +=
                  weights[((o * inputs + i) * kernel + ky) * kernel + kx]
                  * self[o / perGroup * inputs + i, y * stride + ky - padding, x * stride + kx - padding]
              }
            }
          }
          result.append(sum)
        }
      }
    }
    return Maps(result, outputs, rows, columns)
  }

  /// What `summary` makes of the positions of each window that the input has, of which there are `height × width`.
  func pooled(
    kernel: Int, stride: Int, padding: Int = 0, height rows: Int, width columns: Int, _ summary: ([Double]) -> Double
  ) -> Maps {
    var result: [Double] = []
    for c in 0..<channels {
      for y in 0..<rows {
        for x in 0..<columns {
          let ys = (0..<kernel).map { y * stride + $0 - padding }.filter((0..<height).contains)
          let xs = (0..<kernel).map { x * stride + $0 - padding }.filter((0..<width).contains)
          result.append(summary(ys.flatMap { y in xs.map { x in self[c, y, x] } }))
        }
      }
    }
    return Maps(result, channels, rows, columns)
  }
}
