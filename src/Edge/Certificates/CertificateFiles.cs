using System.Net.Security;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Engine.Edge.Certificates;

/// <summary>The certificates for visitors as their files have them now: read again when a file changes.</summary>
/// <remarks>
/// Thread-safe. Files are compared by content, so that links, renames and restored times are all seen. A change counts once it has been
/// the same for two looks: certificate and key are rarely written at the same instant. Faulty files leave the last good set in force.
/// </remarks>
internal sealed class CertificateFiles : IDisposable
{
    /// <summary>How often the files are looked at.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<EdgeCertificate> _files;
    private readonly IssuedCertificate _development;
    private readonly ILogger _log;
    private readonly ITimer? _timer;
    private VisitorCertificates _current;
    private byte[] _seen;
    private byte[]? _pending;
    private int _isLooking;

    /// <exception cref="EdgeConfigurationException">A file cannot be used.</exception>
    public CertificateFiles(IReadOnlyList<EdgeCertificate> files, IssuedCertificate development, TimeProvider time, ILogger log)
    {
        _files = files;
        _development = development;
        _log = log;
        _seen = Fingerprint();
        _current = new VisitorCertificates(files, development);
        if (files.Count > 0)
        {
            _timer = time.CreateTimer(static files => ((CertificateFiles)files!).Look(), this, Period, Period);
        }
    }

    /// <summary>The certificate for a server name; null is a visitor that sent none.</summary>
    public SslStreamCertificateContext Select(string? serverName) => Volatile.Read(ref _current).Select(serverName);

    /// <summary>Stops looking.</summary>
    public void Dispose() => _timer?.Dispose();

    private void Look()
    {
        if (Interlocked.Exchange(ref _isLooking, 1) != 0)
        {
            return;
        }

        try
        {
            var now = Fingerprint();
            if (now.AsSpan().SequenceEqual(_seen))
            {
                _pending = null;
            }
            else if (_pending is not null && now.AsSpan().SequenceEqual(_pending))
            {
                _pending = null;
                _seen = now;
                Read();
            }
            else
            {
                _pending = now;
            }
        }
        finally
        {
            Volatile.Write(ref _isLooking, 0);
        }
    }

    private void Read()
    {
        try
        {
            Volatile.Write(ref _current, new VisitorCertificates(_files, _development));
            EdgeLog.CertificatesRead(_log, _files.Count);
        }
        catch (Exception error)
        {
            // Nothing that a file holds may end the process from a timer.
            EdgeLog.CertificatesFaulty(_log, error.Message);
        }
    }

    private byte[] Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in _files)
        {
            hash.AppendData(ContentOf(file.CertificatePath));
            hash.AppendData(file.KeyPath is null ? [] : ContentOf(file.KeyPath));
        }

        return hash.GetHashAndReset();
    }

    private static byte[] ContentOf(string path)
    {
        try
        {
            return SHA256.HashData(File.ReadAllBytes(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Missing is a state like any other; what reads the file tells why.
            return [];
        }
    }
}
