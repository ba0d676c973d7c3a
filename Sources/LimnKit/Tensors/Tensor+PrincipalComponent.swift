extension Tensor {
  /// Where each place of `[channels, height, width]` lies along the direction in which the places differ most:
  /// `[height, width]`.
  ///
  ///     M = (A − Ā) v,    v the first eigenvector of (A − Ā)ᵀ(A − Ā)
  ///
  /// `A` has a row of channels for each place and `Ā` is their mean over the places. The sign is the one that agrees with
  /// the sum over the channels. Zero where no two places differ.
  public func principalProjection() -> Tensor {
    let extent = Array(shape.dropFirst()), centered = centeredOverPlaces()
    let (channels, places) = (shape[0], extent.reduce(1, *))
    guard channels > 0, places > 0, scalars.allSatisfy(\.isFinite) else { return Tensor(repeating: 0, shape: extent) }
    var projection: [Double]
    if channels <= places {
      let pair = LargestEigenpair(ofSymmetric: channels) { centered.timesPlaces(centered.timesChannels($0)) }
      projection = centered.timesChannels(pair.vector)
    } else {
      // The eigenvector of the smaller matrix, A·Aᵀ, is the projection but for its length.
      let pair = LargestEigenpair(ofSymmetric: places) { centered.timesChannels(centered.timesPlaces($0)) }
      projection = pair.vector.map { max(pair.value, 0).squareRoot() * $0 }
    }
    return Tensor(projection.map(Float.init), shape: extent).signed(like: channelSum())
  }

  /// The same numbers, all signs turned where they speak against `other` of the same shape rather than for it.
  ///
  /// Where they do neither, the number of the greatest size becomes positive.
  public func signed(like other: Tensor) -> Tensor {
    let (mean, otherMean) = (meanAndDeviation().mean, other.meanAndDeviation().mean)
    let (deviation, otherDeviation) = (meanAndDeviation().deviation, other.meanAndDeviation().deviation)
    let covariance = zip(scalars, other.scalars).reduce(0.0) {
      $0 + (Double($1.0) - Double(mean)) * (Double($1.1) - Double(otherMean))
    }
    let agreement = covariance / (Double(max(1, scalars.count)) * Double(deviation) * Double(otherDeviation))
    if agreement.isFinite, abs(agreement) > 1e-6 { return agreement < 0 ? -self : self }
    let greatest = scalars.reduce(Float(0)) { abs($1) > abs($0) ? $1 : $0 }
    return greatest < 0 ? -self : self
  }

  /// Each channel less its mean over the places.
  public func centeredOverPlaces() -> Tensor { self - spatialMean() }

  /// `A v` for a number per channel: a number per place.
  private func timesChannels(_ vector: [Double]) -> [Double] {
    let places = scalars.count / Swift.max(1, vector.count)
    var product = [Double](repeating: 0, count: places)
    scalars.withUnsafeBufferPointer { scalars in
      product.withUnsafeMutableBufferPointer { product in
        for (k, factor) in vector.enumerated() where factor != 0 {
          for p in 0..<places { product[p] += factor * Double(scalars[k * places + p]) }
        }
      }
    }
    return product
  }

  /// `Aᵀ u` for a number per place: a number per channel.
  private func timesPlaces(_ vector: [Double]) -> [Double] {
    let places = vector.count
    return scalars.withUnsafeBufferPointer { scalars in
      vector.withUnsafeBufferPointer { vector in
        (0..<shape[0]).map { k in
          var sum = 0.0
          for p in 0..<places { sum += vector[p] * Double(scalars[k * places + p]) }
          return sum
        }
      }
    }
  }
}
